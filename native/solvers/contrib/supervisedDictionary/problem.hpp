// The data of `supervisedDictionary`, its settings and its result.
#pragma once

#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

struct SupervisedDictionarySettings : Limits {
  SupervisedDictionarySettings() {
    maxIterations = 10000;
    tolerance = 1e-5;
  }

  int rank = 2;
  double reconstruction = 1;
  double lambda = 1e-3;

  static constexpr auto fields() {
    using Self = SupervisedDictionarySettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{
            FIELD(rank, between(1, 100000), "Columns r of the dictionary; as many as x has where these are fewer.",
                  "the response needs more directions of x (larger), or fewer will do (smaller)."),
            FIELD(reconstruction, positive(), "Weight xi of half the mean square of what the dictionary leaves of x.",
                  "the dictionary has to describe x better (larger), or y (smaller)."),
            FIELD(lambda, positive(), "Weight of the ridge on the coefficients, beside the mean loss.",
                  "new rows are predicted much worse than those of the fit (larger), or both badly (smaller).")});
  }
};
static_assert(sizeFromFields<SupervisedDictionarySettings>() == sizeof(SupervisedDictionarySettings));

struct SupervisedDictionaryProblem {
  MatrixInput x;
  std::vector<double> y;
  std::vector<double> start;

  static constexpr auto fields() {
    using Self = SupervisedDictionaryProblem;
    return FieldTuple{
        IN(x, matrix("n", "p"), "Rows of the data."), IN(y, vector("n"), "Classes of the rows, 0 or 1."),
        IN_OPTIONAL(start, vector("p").plus(1), "Coefficients to begin at, with the intercept last. Default: 0.")};
  }
};

struct SupervisedDictionarySolution {
  HostMatrix<double> dictionary;
  HostMatrix<double> codes;
  std::vector<double> weights;
  std::vector<double> coefficients;
  double intercept = 0;
  double loss = unknown;
  Certificate certificate = {.kind = CertificateKind::stationary};

  static Claims claims() { return {.verbs = {"supervisedDictionary"}, .kinds = {CertificateKind::stationary}}; }

  static constexpr auto fields() {
    using Self = SupervisedDictionarySolution;
    return FieldTuple{OUT(dictionary, "p x r: W, with orthonormal columns."),
                      OUT(codes, "n x r: H, a row for each of x, which is W h up to what the dictionary leaves."),
                      OUT(weights, "r numbers, of the features W^T x in the classification."),
                      OUT(coefficients, "p numbers: a = W times the weights."),
                      OUT(intercept, "Intercept c."),
                      OUT_IF_KNOWN(loss, "Mean logistic loss, the objective's part of the classes."),
                      OUT(certificate, "The certificate of the answer.")};
  }
};
static_assert(sizeFromFields<SupervisedDictionarySolution>() == sizeof(SupervisedDictionarySolution));

}  // namespace nonconvex
