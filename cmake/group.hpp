// What every group of files begins with (cmake/groups.cmake): warnings that are wrong about groups.
#pragma once

#if defined(__GNUC__) && !defined(__clang__)
// A class of a source file may have members from its anonymous namespace; g++ takes what is included for a header.
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
// g++ 12 warns where it has inlined a vector's allocation and its release, as it does more often here.
#pragma GCC diagnostic ignored "-Wfree-nonheap-object"
#endif
