// How a layer of patches is read from JavaScript, and features are written.
#include <algorithm>
#include <cstddef>
#include <vector>

#include "binding/inputs.hpp"
#include "binding/registry.hpp"
#include "core/inputs.hpp"
#include "solvers/relu/learnPatches/patches.hpp"

namespace nonconvex {
namespace {

/// A layer as JavaScript has it.
struct PatchLayerInputs {
  MatrixInput filters;
  std::vector<int> shape;
  int size = 0, cells = 0;
  double threshold = 0, contrast = 0;

  static constexpr auto fields() {
    using Self = PatchLayerInputs;
    return FieldTuple{
        IN(filters, matrix("count", "d").inDoubles(), "Filters, a row each."),
        IN(shape, indices(), "Height, width and channels of an image."),
        IN(size, number().atLeast(1), "Height and width of a patch."),
        IN(cells, number().atLeast(1), "Parts along each side of the image that features are means over."),
        IN(threshold, number().atLeast(0), "The least product that makes a feature."),
        IN(contrast, number().atLeast(0), "Added to the squares of a patch's length.")};
  }
};

PatchLayer readLayer(const PatchLayerInputs& in) {
  const std::vector<int>& shape = in.shape;
  require(shape.size() == 3, "shape.length", shape.size(), "expected 3: height, width and channels");
  const PatchGrid grid = {.height = shape[0], .width = shape[1], .channels = shape[2], .size = in.size};
  require(grid.rows() > 0 && grid.columns() > 0, "size", in.size, "expected at most a side of an image");
  require(grid.channels > 0 && grid.length() == in.filters.columns, "columns of filters", in.filters.columns,
          "expected size^2 channels, " + show(grid.length()));
  const int most = std::min(grid.rows(), grid.columns());
  require(in.cells <= most, "cells", in.cells, "expected at most the patches along a side, " + show(most));
  return {.grid = grid,
          .filters = {in.filters.f64, in.filters.columns, in.filters.rows, in.filters.columns},
          .cells = in.cells,
          .threshold = in.threshold,
          .contrast = in.contrast};
}

/// patchFeatures(layer, { x }) -> Float64Array, the features of row 0, 1, ... of x
Napi::Value featuresOf(const Napi::CallbackInfo& info) {
  Inputs inputs;
  PatchLayerInputs given;
  readMembers(inRows<PatchLayerInputs>, Reader(objectArgument(info, 0, "layer"), inputs), &given);
  const PatchLayer layer = readLayer(given);
  Inputs last{.inPlace = true};  // after x nothing is read that might run JavaScript
  const MatrixInput x = Reader(objectArgument(info, 1, "arguments"), last).matrix("x");
  const int pixels = layer.grid.height * layer.grid.width * layer.grid.channels;
  require(x.columns == pixels, "columns of x", x.columns, "expected as many as an image has numbers: " + show(pixels));
  Napi::Float64Array data = Napi::Float64Array::New(
      info.Env(), static_cast<std::size_t>(x.rows) * static_cast<std::size_t>(layer.features()));
  patchFeatures(layer, x, data.Data());
  written(data);
  return data;
}

const RegisterFunction registered("patchFeatures", featuresOf);

}  // namespace
}  // namespace nonconvex
