// What OpenBLAS calls of glibc that older versions of it and musl have not: strtol and its like, which glibc's headers
// call by other names since 2.38, and printing into buffers whose size the compiler knows, which distributions have
// checked.
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

long __isoc23_strtol(const char* text, char** end, int base) { return strtol(text, end, base); }
unsigned long __isoc23_strtoul(const char* text, char** end, int base) { return strtoul(text, end, base); }

int __isoc23_sscanf(const char* text, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int count = vsscanf(text, format, arguments);
  va_end(arguments);
  return count;
}

#ifndef __GLIBC__
/// Musl refuses sizes beyond those of int.
static size_t allowed(size_t size) { return size < INT_MAX ? size : INT_MAX; }

// `size` is that of the buffer; what does not fit is cut off, where glibc would end the process.
int __sprintf_chk(char* to, int flag, size_t size, const char* format, ...) {
  (void)flag;
  va_list arguments;
  va_start(arguments, format);
  const int count = vsnprintf(to, allowed(size), format, arguments);
  va_end(arguments);
  return count;
}

int __snprintf_chk(char* to, size_t most, int flag, size_t size, const char* format, ...) {
  (void)flag;
  va_list arguments;
  va_start(arguments, format);
  const int count = vsnprintf(to, allowed(most < size ? most : size), format, arguments);
  va_end(arguments);
  return count;
}
#endif
