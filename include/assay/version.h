// The version of the plugin interface.
//
// A plugin built against SDK M.m loads in a host whose SDK is M.n with n >= m. The major number
// changes when a virtual function, a struct layout or a contract in these headers changes; the
// minor number when something is added that an older plugin cannot notice.
#pragma once

#define ASSAY_SDK_MAJOR 0
#define ASSAY_SDK_MINOR 2
