// Loops over numbers of either precision: what kernels of rows consist of.
#pragma once

#include <cstdint>

namespace nonconvex {

/// out_i = op(a_i, b_i), op an Op or a ScalarOp; `out` must differ from the operands.
void applyToRows(std::int32_t op, double* out, const double* as, const double* bs, int count);
void applyToRows(std::int32_t op, float* out, const float* as, const float* bs, int count);

// Each for doubles and floats.

/// out := the rows of `width` numbers that a list names, one after the other; those that come next are fetched
/// meanwhile.
void gatherRows(const double* from, int width, const int* rows, int count, double* out);
void gatherRows(const float* from, int width, const int* rows, int count, float* out);
/// out += a b, entry by entry
void addProducts(const double* a, const double* b, double* out, int count);
void addProducts(const float* a, const float* b, float* out, int count);
/// out += a b
void addMultiple(double a, const double* b, double* out, int count);
void addMultiple(float a, const float* b, float* out, int count);
/// out = a b, entry by entry
void multiplyInto(const double* a, const double* b, double* out, int count);
void multiplyInto(const float* a, const float* b, float* out, int count);
/// out += a
void addInto(const double* a, double* out, int count);
void addInto(const float* a, float* out, int count);
/// The sum, in parts that are added in a fixed order.
double sumOf(const double* a, int count);
float sumOf(const float* a, int count);
/// The sum of products, in parts that are added in a fixed order.
double dotOf(const double* a, const double* b, int count);
float dotOf(const float* a, const float* b, int count);
/// out = max(out, a)
void raiseTo(const double* a, double* out, int count);
void raiseTo(const float* a, float* out, int count);
/// out = exp(a - b), where both are the same infinity 1
void expOfDifference(const double* a, const double* b, double* out, int count);
void expOfDifference(const float* a, const float* b, float* out, int count);

}  // namespace nonconvex
