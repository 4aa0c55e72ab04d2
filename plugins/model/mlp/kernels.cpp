// Compiled once per instruction set; ASSAY_KERNELS names the resulting table.
#include "kernels.h"

#include "activations.h"
#include "gradients.h"
#include "product.h"
#include "transpose.h"

namespace assay::mlp {

const Kernels ASSAY_KERNELS = {
    width,           transpose, product,  product_transposed, gradient_scratch,
    gradient_slices, gradients, activate, differentiate};

}  // namespace assay::mlp
