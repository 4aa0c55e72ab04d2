// The version of the plugin interface.
//
// A plugin built against SDK M.m loads in a host whose SDK is M.n with n >= m. The major number
// changes when a virtual function, a struct layout or a contract in these headers changes; the
// minor number when something is added that an older plugin cannot notice. While the major number
// is 0, every minor number may change either, and M.m must be the host's own.
//
// Every header includes this one, so that a compiler that is asked for less than C++20 reports that
// first.
#pragma once

#if __cplusplus <= 201703L
#error "Assay's headers need C++20: -std=c++20"
#endif

#define ASSAY_SDK_MAJOR 1
#define ASSAY_SDK_MINOR 1
