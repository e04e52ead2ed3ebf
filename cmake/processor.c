// What Clang's target_clones ask at run time, which libgcc and compiler-rt have and Zig's runtime has not: bits 1 and 2
// of the third word of __cpu_features2 are the levels x86-64-v3 and x86-64-v4.
#include <cpuid.h>

typedef struct {
  unsigned int vendor, type, subtype, features;
} ProcessorModel;

__attribute__((visibility("hidden"))) ProcessorModel __cpu_model;
__attribute__((visibility("hidden"))) unsigned int __cpu_features2[3];

static unsigned int enabledRegisters(void) {
  unsigned int low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static int hasAll(unsigned int word, unsigned int bits) { return (word & bits) == bits; }

__attribute__((visibility("hidden"), constructor)) int __cpu_indicator_init(void) {
  if (__cpu_features2[2] != 0) return 0;
  unsigned int a, b, c, d, levels = 1;
  const unsigned int words = bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C | bit_MOVBE | bit_POPCNT | bit_SSE4_2;
  if (__get_cpuid(1, &a, &b, &c, &d) && hasAll(c, words)) {
    const unsigned int registers = enabledRegisters();
    const unsigned int ymm = 0x06, zmm = 0xe6;
    unsigned int extended = 0;
    if (__get_cpuid(0x80000001, &a, &b, &c, &d)) extended = c;
    const unsigned int v3 = bit_AVX2 | bit_BMI | bit_BMI2;
    const unsigned int v4 = bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL;
    if (hasAll(extended, bit_LZCNT) && __get_cpuid_count(7, 0, &a, &b, &c, &d) && hasAll(b, v3) &&
        hasAll(registers, ymm)) {
      levels |= 2;
      if (hasAll(b, v4) && hasAll(registers, zmm)) levels |= 4;
    }
  }
  __cpu_features2[2] = levels;
  return 0;
}
