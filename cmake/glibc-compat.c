// Lets an addon built with a new glibc run with glibc 2.34: hidden definitions of the few functions for which the
// linker would otherwise take a symbol version younger than that. scripts/check-binary.mjs tells when one is missing.
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

#ifdef __aarch64__
#define OLDEST "GLIBC_2.17"
#else
#define OLDEST "GLIBC_2.2.5"
#endif
#define OLD(name) __asm__(".symver old_" #name ", " #name "@" OLDEST)

// 2.38 and 2.35 dropped the wrappers that set errno; the old ones compute the same numbers.
double old_fmod(double, double);
float old_fmodf(float, float);
double old_hypot(double, double);
float old_hypotf(float, float);
OLD(fmod);
OLD(fmodf);
OLD(hypot);
OLD(hypotf);
double fmod(double x, double y) { return old_fmod(x, y); }
float fmodf(float x, float y) { return old_fmodf(x, y); }
double hypot(double x, double y) { return old_hypot(x, y); }
float hypotf(float x, float y) { return old_hypotf(x, y); }

// 2.38: strtol and its like read binary numbers too, under new names.
long old_strtol(const char*, char**, int);
unsigned long old_strtoul(const char*, char**, int);
long long old_strtoll(const char*, char**, int);
unsigned long long old_strtoull(const char*, char**, int);
OLD(strtol);
OLD(strtoul);
OLD(strtoll);
OLD(strtoull);
long __isoc23_strtol(const char* text, char** end, int base) { return old_strtol(text, end, base); }
unsigned long __isoc23_strtoul(const char* text, char** end, int base) { return old_strtoul(text, end, base); }
long long __isoc23_strtoll(const char* text, char** end, int base) { return old_strtoll(text, end, base); }
unsigned long long __isoc23_strtoull(const char* text, char** end, int base) { return old_strtoull(text, end, base); }

// 2.36: std::random_device asks for it.
uint32_t arc4random(void) {
  uint32_t value;
  while (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value) {
  }
  return value;
}
