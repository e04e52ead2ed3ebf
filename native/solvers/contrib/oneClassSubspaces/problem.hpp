// The data of `oneClassSubspaces`, its settings and its result.
#pragma once

#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

struct OneClassSubspacesSettings : Limits {
  OneClassSubspacesSettings() {
    maxIterations = 10000;
    tolerance = 1e-5;
  }

  int dimension = 2;
  double margin = 0.1;
  double violationWeight = 10;
  double softness = 0.02;

  static constexpr auto fields() {
    using Self = OneClassSubspacesSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(dimension, between(1, 100000),
                  "Columns K of each of the two frames; as many as x has where these are fewer.",
                  "too many rows of other classes are taken for the class (larger), or too few of its own (smaller)."),
            FIELD(margin, atLeast(0), "Margin of the two sets of half-spaces.",
                  "rows have another size: it is in units of x."),
            FIELD(violationWeight, positive(), "Weight of the rows that miss it.",
                  "too many rows of the class are outside (larger), or the region is too wide (smaller)."),
            FIELD(softness, atLeast(0),
                  "Temperature T of the soft minimum -T log sum_k exp(-v_k / T) in place of the least v_k, in "
                  "units of x. 0: the minimum itself, at whose kinks descent is slow.",
                  forExperts)});
  }
};
static_assert(sizeFromFields<OneClassSubspacesSettings>() == sizeof(OneClassSubspacesSettings));

struct OneClassSubspacesProblem {
  MatrixInput x;
  HostMatrix<double> start;

  static constexpr auto fields() {
    using Self = OneClassSubspacesProblem;
    return FieldTuple{IN(x, matrix("n", "d"), "Rows of one class."),
                      IN_OPTIONAL(start, matrix("d"),
                                  "Both frames to begin at, a column each direction. Default: drawn by the seed.")};
  }
};

struct OneClassSubspacesSolution {
  HostMatrix<double> lowerFrame;
  HostMatrix<double> upperFrame;
  std::vector<double> lowerOffsets;
  std::vector<double> upperOffsets;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"oneClassSubspaces"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = OneClassSubspacesSolution;
    return FieldTuple{OUT(lowerFrame, "d x K: W_1, with orthonormal columns."),
                      OUT(upperFrame, "d x K: W_2, with orthonormal columns."),
                      OUT(lowerOffsets, "K numbers b_1: rows of the class have W_1^T x + b_1 >= margin."),
                      OUT(upperOffsets, "K numbers b_2: rows of the class have W_2^T x + b_2 <= -margin."),
                      OUT(certificate, "The certificate of the answer.")};
  }
};
static_assert(sizeFromFields<OneClassSubspacesSolution>() == sizeof(OneClassSubspacesSolution));

}  // namespace nonconvex
