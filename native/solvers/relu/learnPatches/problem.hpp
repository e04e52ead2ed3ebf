// The data of `learnPatches`, its settings and its result.
#pragma once

#include <vector>

#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/limits.hpp"
#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

struct LearnPatchesSettings : Limits {
  LearnPatchesSettings() {
    maxIterations = 30;
    tolerance = 1e-3;
  }

  int count = 32;
  int size = 5;
  int sample = 20000;

  static constexpr auto fields() {
    using Self = LearnPatchesSettings;
    return appendedFields(
        Limits::fields(),
        FieldTuple{FIELD(count, between(1, 100000), "Filters.",
                         "scores are to be better (more), or features are too many (fewer)."),
                   FIELD(size, between(1, 10000),
                         "Height and width of a patch in pixels; the shorter side of an image where that is smaller.",
                         "strokes and edges of the images are wider or narrower than a patch."),
                   FIELD(sample, between(1, 10000000), "Patches that filters are learned from.",
                         "filters are many beside them (more), or learning takes too long (fewer).")});
  }
};
static_assert(sizeFromFields<LearnPatchesSettings>() == sizeof(LearnPatchesSettings));

struct LearnPatchesProblem {
  MatrixInput x;
  std::vector<int> shape;
  MatrixInput start;

  static constexpr auto fields() {
    using Self = LearnPatchesProblem;
    return FieldTuple{
        IN(x, matrix("n", "p"), "Images, a row each: its pixels row by row, each with its channels."),
        IN(shape, indices(), "Height, width and channels of an image."),
        IN_OPTIONAL(start, matrix("count", "d").inDoubles(), "Filters to begin at, a row each. Default: patches.")};
  }
};

struct LearnPatchesSolution {
  HostMatrix<double> filters;
  double contrast = 0;
  Certificate certificate = {.kind = CertificateKind::coordinateWise};  ///< the claim of a solve that has ended well

  static Claims claims() { return {.verbs = {"learnPatches"}, .kinds = {CertificateKind::coordinateWise}}; }

  static constexpr auto fields() {
    using Self = LearnPatchesSolution;
    return FieldTuple{OUT(filters, "d x count, d = size^2 channels: a filter each column, of length 1."),
                      OUT(contrast, "Added to the square of a patch's length before the patch is divided by it."),
                      OUT(certificate, "What is known of the answer.")};
  }
};
static_assert(sizeFromFields<LearnPatchesSolution>() == sizeof(LearnPatchesSolution));

}  // namespace nonconvex
