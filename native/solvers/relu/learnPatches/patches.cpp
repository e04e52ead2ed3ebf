#include "solvers/relu/learnPatches/patches.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "data/checked_rows.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

double PatchGrid::read(const MatrixInput& x, int image, int r, int c, double* patch) const {
  const int across = size * channels;
  double sum = 0;
  for (int i = 0; i < size; ++i) {
    const int first = ((r + i) * width + c) * channels;
    for (int k = 0; k < across; ++k) sum += patch[i * across + k] = x(image, first + k);
  }
  const double mean = sum / length();
  double squares = 0;
  for (int k = 0; k < length(); ++k) squares += square(patch[k] -= mean);
  return squares;
}

namespace {

/// The features of one image after the other.
class FeatureWriter {
 public:
  explicit FeatureWriter(const PatchLayer& layer)
      : layer_(layer),
        patches_(layer.grid.length(), layer.grid.columns()),
        products_(layer.filters.cols, layer.grid.columns()) {}

  void write(const MatrixInput& x, int image, double* features) {
    const PatchGrid& grid = layer_.grid;
    for (int j = 0; j < x.columns; ++j) requireFinite("x", image, j, x(image, j));
    std::fill_n(features, layer_.features(), 0.0);
    for (int r = 0; r < grid.rows(); ++r) {
      for (int c = 0; c < grid.columns(); ++c) {
        double* const patch = patches_.column(c);
        const double length = std::sqrt(grid.read(x, image, r, c, patch) + layer_.contrast);
        for (int k = 0; k < grid.length(); ++k) patch[k] = length > 0 ? patch[k] / length : 0;
      }
      la_.gemm(Transpose::yes, Transpose::no, 1, layer_.filters, patches_.view(), 0, products_.view());
      addRow(r, features);
    }
  }

 private:
  /// First place of a cell along a side with so many places.
  int firstOf(int cell, int places) const { return cell * places / layer_.cells; }
  int cellOf(int place, int places) const {
    int cell = place * layer_.cells / places;
    while (firstOf(cell, places) > place) --cell;
    while (firstOf(cell + 1, places) <= place) ++cell;
    return cell;
  }
  int widthOf(int cell, int places) const { return firstOf(cell + 1, places) - firstOf(cell, places); }

  /// Adds the means of one row of patches to the cells.
  void addRow(int r, double* features) const {
    const PatchGrid& grid = layer_.grid;
    const int down = cellOf(r, grid.rows());
    for (int c = 0; c < grid.columns(); ++c) {
      const int along = cellOf(c, grid.columns());
      const double share = 1.0 / (widthOf(down, grid.rows()) * widthOf(along, grid.columns()));
      double* const cell = features + (down * layer_.cells + along) * layer_.filters.cols;
      const double* const products = products_.column(c);
      for (int f = 0; f < layer_.filters.cols; ++f) cell[f] += share * std::max(0.0, products[f] - layer_.threshold);
    }
  }

  const PatchLayer& layer_;
  Cpu la_;
  HostMatrix<double> patches_, products_;
};

}  // namespace

void patchFeatures(const PatchLayer& layer, const MatrixInput& x, double* features) {
  FeatureWriter writer(layer);
  for (int i = 0; i < x.rows; ++i) writer.write(x, i, features + at(i) * at(layer.features()));
}

}  // namespace nonconvex
