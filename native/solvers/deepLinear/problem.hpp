// Problem, solution and progress of the training of deep linear networks with weight decay.
#pragma once

#include <optional>
#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

struct DeepLinearSettings : Limits {
  DeepLinearSettings() {
    maxIterations = 100000;
    tolerance = 1e-8;
    checkInterval = 10;
  }

  int depth = 2;
  bool parallel = false;
  double lambda = solverChooses;

  static constexpr auto fields() {
    using Self = DeepLinearSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(depth, between(2, 1000), "Layers L of weights.",
                  "the network that the answer is to be factored into has another number of layers."),
            FIELD(
                parallel, anyValue(),
                "A sum of networks with weight decay of degree L, (lambda / 2) sum_l ||W_l||_F^L each, in place of one "
                "network with (lambda / 2) sum_l ||W_l||_F^2. With two layers they are the same.",
                "the network is a sum of narrow ones with weight decay of degree L."),
            FIELD(lambda, positiveOr("0.001 n"), "Weight of the regulariser.",
                  "the product has too large a rank (larger), or fits too badly (smaller).")});
  }
};
static_assert(sizeFromFields<DeepLinearSettings>() == sizeof(DeepLinearSettings));

/// An earlier result.
struct DeepLinearStart {
  HostMatrix<double> product;

  static constexpr auto fields() {
    using Self = DeepLinearStart;
    return FieldTuple{IN(product, matrix("d", "c"), "Product of the layers.")};
  }
};

struct DeepLinearProblem {
  MatrixInput x;
  MatrixInput y;
  std::optional<DeepLinearStart> warmStart;

  static constexpr auto fields() {
    using Self = DeepLinearProblem;
    return FieldTuple{IN(x, matrix("n", "d"), "Inputs of the network, a row each."),
                      IN(y, matrix("n", "c"), "Outputs that the network is to have."),
                      IN_OPTIONAL(warmStart, members(), "An earlier result to begin at.")};
  }
};

struct DeepLinearSolution {
  HostMatrix<double> left;
  std::vector<double> singularValues;
  HostMatrix<double> right;
  HostMatrix<double> product;
  Certificate certificate;
  double dualOptimum = 0;
  double dualityGap = 0;
  bool closedForm = false;

  static Claims claims() {
    using enum CertificateKind;
    return {.verbs = {"trainLinearNetwork"},
            .kinds = {bounded, global},
            .gapScale = "the objective",
            .remark = "Over networks of any widths."};
  }

  static constexpr auto fields() {
    using Self = DeepLinearSolution;
    return FieldTuple{
        OUT(left, "d x r: the left singular vectors of the product of the layers, one a column."),
        OUT(singularValues, "r numbers, the singular values of the product, the largest first."),
        OUT(right, "c x r: the right singular vectors."),
        OUT(product, "d x c: W_1 ... W_L."),
        OUT(certificate, "The certificate of the objective, over networks of any widths."),
        OUT(dualOptimum,
            "Optimal value of the dual program, a lower bound. It is `lowerBound` where the duality gap is zero: for "
            "two layers, parallel networks and one output."),
        OUT(dualityGap,
            "(objective - dualOptimum) / |objective|: more than the gap for three and more layers, not parallel, "
            "with several outputs."),
        OUT(closedForm, "True if the optimum was had in closed form, as X has orthogonal columns of one length.")};
  }
};
static_assert(sizeFromFields<DeepLinearSolution>() == sizeof(DeepLinearSolution));

}  // namespace nonconvex
