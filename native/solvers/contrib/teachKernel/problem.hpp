// The data of `teachKernel`, its settings and its result.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

enum class TeachingKernel { gaussian, linear, precomputed };
constexpr auto names(TeachingKernel) { return std::array{"gaussian"sv, "linear"sv, "precomputed"sv}; }

enum class Teacher { greedy, random };
constexpr auto names(Teacher) { return std::array{"greedy"sv, "random"sv}; }

struct TeachKernelSettings : Limits {
  TeachKernelSettings() {
    maxIterations = 100000;
    tolerance = 1e-2;
  }

  TeachingKernel kernel = TeachingKernel::gaussian;
  Teacher teacher = Teacher::greedy;
  double kernelWidth = solverChooses;
  double rate = solverChooses;

  static constexpr auto fields() {
    using Self = TeachKernelSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{FIELD(kernel, anyValue(),
                         "Kernel: exp(-||a - b||^2 / (2 kernelWidth^2)), a^T b, or one whose values between all rows "
                         "are given as x.",
                         "responses are linear in x, or kernel values are known already."),
                   FIELD(teacher, anyValue(), "Picks the row with the largest error, or any row, drawn by `seed`.",
                         "a teacher is to be compared with one that draws rows."),
                   FIELD(kernelWidth, positiveOr("the root of half the columns of x"),
                         "Width of the Gaussian kernel, in units of x.",
                         "the fit is too rough (smaller), or swings between rows (larger)."),
                   FIELD(rate, positiveOr("1 / (largest K(x_i, x_i) times the largest row sum of |A|)"),
                         "Learning rate eta: eta K(x_i, x_i) times the largest eigenvalue of A has to be below 2.",
                         "the errors swing (smaller).")});
  }
};
static_assert(sizeFromFields<TeachKernelSettings>() == sizeof(TeachKernelSettings));

struct TeachKernelProblem {
  MatrixInput x;
  HostMatrix<double> y;
  HostMatrix<double> learners;
  HostMatrix<double> start;

  static constexpr auto fields() {
    using Self = TeachKernelProblem;
    return FieldTuple{
        IN(x, matrix("n"), "Examples by rows, or the n x n kernel."),
        IN(y, matrix("n", "d"), "The knowledge that each of d learners is to reach, a column each."),
        IN_OPTIONAL(learners, matrix("d", "d"), "How much learners take from each other. Default: the identity."),
        IN_OPTIONAL(start, matrix("n", "d"), "Coefficients to begin at. Default: 0.")};
  }
};

struct TeachKernelSolution {
  HostMatrix<double> coefficients;
  HostMatrix<double> errors;
  std::vector<std::int32_t> sequence;
  double kernelWidth = unknown;
  double rate = unknown;
  Certificate certificate = {.kind = CertificateKind::global, .because = "The errors are 0, up to the tolerance."sv};

  static Claims claims() {
    return {.verbs = {"teachKernel"},
            .kinds = {CertificateKind::global},
            .remark = "Where all errors are 0, up to the tolerance."};
  }

  static constexpr auto fields() {
    using Self = TeachKernelSolution;
    return FieldTuple{OUT(coefficients, "n x d: what the learners know is sum_i K(x_i, x) c_i, c_i row i."),
                      OUT(errors, "n x d: what they know at the rows of x less what they are to know."),
                      OUT(sequence, "Rows in the order in which they were taught, the first 1048576 of them."),
                      OUT_IF_KNOWN(kernelWidth, "Width of the Gaussian kernel."),
                      OUT_IF_KNOWN(rate, "Learning rate that was used."),
                      OUT(certificate, "The certificate of the answer.")};
  }
};
static_assert(sizeFromFields<TeachKernelSolution>() == sizeof(TeachKernelSolution));

}  // namespace nonconvex
