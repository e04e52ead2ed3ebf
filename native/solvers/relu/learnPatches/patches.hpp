// Patches of images, and features that filters make of them.
#pragma once

#include "data/matrix_input.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// Images whose rows of data have pixel after pixel, row by row, each with all channels, and square patches of them.
struct PatchGrid {
  int height = 0, width = 0, channels = 1;
  int size = 0;  ///< height and width of a patch

  int rows() const { return height - size + 1; }
  int columns() const { return width - size + 1; }
  int length() const { return size * size * channels; }

  /// Writes patch (r, c) of an image less its mean, and returns the sum of squares of that.
  double read(const MatrixInput& x, int image, int r, int c, double* patch) const;
};

/// Filters with what is done to patches before and to products after.
struct PatchLayer {
  PatchGrid grid;
  Mat<const double> filters;  ///< length of a patch x number of filters
  int cells = 1;              ///< sums are over cells x cells parts of the image
  double threshold = 0;
  double contrast = 0;

  int features() const { return filters.cols * cells * cells; }
};

/// Writes the features of rows of x, one after the other:
///
///     feature (cell, f) = mean over the patches p of the cell of (w_f . p / sqrt(||p||^2 + contrast) - threshold)_+
///
/// with patches less their means. A. Coates, H. Lee, A. Y. Ng, "An analysis of single-layer networks in unsupervised
/// feature learning", AISTATS 2011, sections 3.1 and 3.2.
void patchFeatures(const PatchLayer& layer, const MatrixInput& x, double* features);

}  // namespace nonconvex
