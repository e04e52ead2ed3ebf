#include "expressions/rows/row_operations.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "expressions/formula.hpp"
#include "expressions/operators.hpp"
#include "expressions/rows/row_math.hpp"

namespace nonconvex {
namespace {

/// Calls f(i), i < count, with numbers that become vectors.
template <class T, class F>
NONCONVEX_ALWAYS_INLINE void mapTo(T* __restrict out, const T* as, int count, F&& f) {
  for (int i = 0; i < count; ++i) out[i] = f(as[i]);
}

/// A table of the operations; those that networks use have functions that become vectors.
template <class T>
NONCONVEX_ALWAYS_INLINE void applyAll(std::int32_t op, T* __restrict out, const T* as, const T* bs, int count) {
  switch (static_cast<Op>(op)) {
    case Op::exp:
      return mapTo(out, as, count, [](T a) { return vectorExp(a); });
    case Op::tanh:
      return mapTo(out, as, count, [](T a) { return row_math::tanh(a); });
    case Op::sigmoid:
      return mapTo(out, as, count, [](T a) { return row_math::sigmoid(a); });
    case Op::softplus:
      return mapTo(out, as, count, [](T a) { return row_math::softplus(a); });
    default:
      break;
  }
  if (op == static_cast<std::int32_t>(ScalarOp::copy)) return mapTo(out, as, count, [](T a) { return a; });
  if (op == static_cast<std::int32_t>(ScalarOp::sign)) {
    return mapTo(out, as, count, [](T a) { return a > 0 ? T(1) : a < 0 ? T(-1) : a; });
  }
  switch (static_cast<Op>(op)) {
#define UNARY(name, number, nl, value, derivative, ...) \
  case Op::name:                                        \
    for (int i = 0; i < count; ++i) {                   \
      const T a = as[i];                                \
      out[i] = static_cast<T>(value);                   \
    }                                                   \
    return;
#define BINARY(name, number, nl, value, ...) \
  case Op::name:                             \
    for (int i = 0; i < count; ++i) {        \
      const T a = as[i], b = bs[i];          \
      out[i] = static_cast<T>(value);        \
    }                                        \
    return;
#include "expressions/operators.def"
    default:
      for (int i = 0; i < count; ++i) out[i] = static_cast<T>(applyScalar(op, as[i], bs[i]));
  }
}

/// Rows that are fetched ahead: data are larger than caches, and the processor does not foresee a row that is drawn.
constexpr int rowsAhead = 4;
/// The hint that brings them into the second level of the cache, where more of them may be on their way than into the
/// first.
constexpr int secondLevel = 2;

template <class T>
NONCONVEX_ALWAYS_INLINE void gather(const T* from, int width, const int* rows, int count, T* __restrict out) {
  constexpr int line = 64 / static_cast<int>(sizeof(T));
  for (int r = 0; r < count; ++r, out += width) {
    const T* const row = from + at(rows[r]) * at(width);
    const T* const next = from + at(rows[std::min(r + rowsAhead, count - 1)]) * at(width);
    int j = 0;
    for (; j + line <= width; j += line) {
      __builtin_prefetch(next + j, 0, secondLevel);
      for (int k = 0; k < line; ++k) out[j + k] = row[j + k];
    }
    for (; j < width; ++j) out[j] = row[j];
  }
}

constexpr int parts = 16;  // partial sums side by side, which become vectors

template <class T, class F>
NONCONVEX_ALWAYS_INLINE T sumInParts(int count, F&& f) {
  T partial[parts] = {};
  int i = 0;
  for (; i + parts <= count; i += parts) {
    for (int k = 0; k < parts; ++k) partial[k] += f(i + k);
  }
  T rest = 0;
  for (; i < count; ++i) rest += f(i);
  for (int width = parts / 2; width > 0; width /= 2) {
    for (int k = 0; k < width; ++k) partial[k] += partial[k + width];
  }
  return partial[0] + rest;
}

}  // namespace

#define NONCONVEX_ROW_LOOPS(T)                                                                      \
  NONCONVEX_CLONES void applyToRows(std::int32_t op, T* out, const T* as, const T* bs, int count) { \
    applyAll(op, out, as, bs, count);                                                               \
  }                                                                                                 \
  NONCONVEX_CLONES void gatherRows(const T* from, int width, const int* rows, int count, T* out) {  \
    gather(from, width, rows, count, out);                                                          \
  }                                                                                                 \
  NONCONVEX_CLONES void addProducts(const T* a, const T* b, T* __restrict out, int count) {         \
    for (int i = 0; i < count; ++i) out[i] += a[i] * b[i];                                          \
  }                                                                                                 \
  NONCONVEX_CLONES void addMultiple(T a, const T* b, T* __restrict out, int count) {                \
    for (int i = 0; i < count; ++i) out[i] += a * b[i];                                             \
  }                                                                                                 \
  NONCONVEX_CLONES void multiplyInto(const T* a, const T* b, T* __restrict out, int count) {        \
    for (int i = 0; i < count; ++i) out[i] = a[i] * b[i];                                           \
  }                                                                                                 \
  NONCONVEX_CLONES void addInto(const T* a, T* __restrict out, int count) {                         \
    for (int i = 0; i < count; ++i) out[i] += a[i];                                                 \
  }                                                                                                 \
  NONCONVEX_CLONES T sumOf(const T* a, int count) {                                                 \
    return sumInParts<T>(count, [a](int i) { return a[i]; });                                       \
  }                                                                                                 \
  NONCONVEX_CLONES T dotOf(const T* a, const T* b, int count) {                                     \
    return sumInParts<T>(count, [a, b](int i) { return a[i] * b[i]; });                             \
  }                                                                                                 \
  NONCONVEX_CLONES void raiseTo(const T* a, T* __restrict out, int count) {                         \
    for (int i = 0; i < count; ++i) out[i] = out[i] < a[i] ? a[i] : out[i];                         \
  }                                                                                                 \
  NONCONVEX_CLONES void expOfDifference(const T* a, const T* b, T* __restrict out, int count) {     \
    for (int i = 0; i < count; ++i) out[i] = a[i] == b[i] ? T(1) : vectorExp(a[i] - b[i]);          \
  }

NONCONVEX_ROW_LOOPS(double)
NONCONVEX_ROW_LOOPS(float)
#undef NONCONVEX_ROW_LOOPS

}  // namespace nonconvex
