// What glibc's headers, since 2.38, have OpenBLAS call for strtol. Older C libraries and musl know it by its own name.
#include <stdlib.h>

long __isoc23_strtol(const char* text, char** end, int base) { return strtol(text, end, base); }
