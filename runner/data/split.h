// Divides the rows of a dataset into those to train on and those to measure on.
#pragma once

#include <cstdint>
#include <vector>

#include "runner/plan/plan.h"

namespace assay::data {

/// Row numbers of the dataset; each row is in exactly one split. A split without a share is empty.
struct Split {
  std::vector<std::int64_t> train;
  std::vector<std::int64_t> validation;
  std::vector<std::int64_t> test;
};

/// Splits like scikit-learn's train_test_split(rows, test_size=test, random_state=seed). In a
/// random permutation, the first ceil(test * rows) rows are the test split, the next
/// ceil(validation * rows) the validation split, and the rest the training split, all in the order
/// of the permutation. A seed of more than 32 bits is numpy.random.RandomState([low word, high
/// word]). Throws Error if a share is outside [0, 1) or no row is left to train on.
Split split(std::int64_t rows, const plan::SplitPlan& plan);

}  // namespace assay::data
