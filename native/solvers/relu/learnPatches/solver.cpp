#include "solvers/relu/learnPatches/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"

namespace nonconvex {
namespace {

PatchGrid gridOf(const LearnPatchesProblem& problem, int size) {
  const std::vector<int>& shape = problem.shape;
  require(shape.size() == 3, "shape.length", shape.size(), "expected 3: height, width and channels");
  for (const int side : shape) require(side > 0, "shape", side, "expected numbers above 0");
  const double pixels = static_cast<double>(shape[0]) * shape[1] * shape[2];
  require(pixels == problem.x.columns, "columns of x", problem.x.columns,
          "expected height times width times channels of shape, " + show(pixels));
  const int least = std::min(shape[0], shape[1]);
  require(size <= least, "size", size, "expected at most " + show(least) + ", the shorter side of an image");
  return {.height = shape[0], .width = shape[1], .channels = shape[2], .size = size};
}

}  // namespace

PatchLearner::PatchLearner(const Cpu& la, const LearnPatchesProblem& problem, const LearnPatchesSettings& settings)
    : la_(la), problem_(problem), settings_(settings), grid_(gridOf(problem, settings.size)) {
  const double length = grid_.length(), count = settings.count;
  requireMemory(sizeof(double) * (length * settings.sample + 2 * length * count + count * Tuning::patches),
                "sample = " + show(settings.sample) + " patches of " + show(length) +
                    " numbers and count = " + show(settings.count) + " filters need");
}

void PatchLearner::start() {
  const int d = grid_.length();
  patches_ = HostMatrix<double>(d, settings_.sample);
  filters_ = HostMatrix<double>(d, settings_.count);
  sums_ = HostMatrix<double>(d, settings_.count);
  products_ = HostMatrix<double>(settings_.count, Tuning::patches);
  for (int i = 0; i < problem_.x.rows; ++i) {
    if (i % Tuning::patches == 0) la_.checkpoint();
    for (int j = 0; j < problem_.x.columns; ++j) requireFinite("x", i, j, problem_.x(i, j));
  }
  drawPatches();
  beginFilters();
  assign();
}

/// Patch k := a random one; returns its ||p||^2.
double PatchLearner::draw(int k, std::uint64_t index) {
  const auto below = [&](std::uint32_t stream, int n) {
    return static_cast<int>(Random(settings_.seed, stream).below(index, static_cast<std::uint32_t>(n)));
  };
  const int image = below(0, problem_.x.rows), r = below(1, grid_.rows()), c = below(2, grid_.columns());
  return grid_.read(problem_.x, image, r, c, patches_.column(k));
}

void PatchLearner::drawPatches() {
  const int count = settings_.sample;
  double squares = 0;
  for (int k = 0; k < count; ++k) {
    if (k % Tuning::patches == 0) la_.checkpoint();
    squares += draw(k, at(k)) / count;
  }
  require(std::isfinite(squares), "x", squares, "expected numbers whose squares have a finite sum");
  contrast_ = Tuning::contrast * squares;
  for (int k = 0; k < count; ++k) {
    if (k % Tuning::patches == 0) la_.checkpoint();
    double length = draw(k, at(k));
    const auto isFlat = [&] { return length < Tuning::flat * (length + contrast_); };
    for (int again = 1; again < Tuning::draws && isFlat(); ++again) length = draw(k, at(k) + at(again) * at(count));
    const double scale = std::sqrt(length + contrast_);
    for (int j = 0; j < grid_.length(); ++j) patches_(j, k) = scale > 0 ? patches_(j, k) / scale : 0;
  }
}

/// The first filters are patches, of which the last come again where these are fewer.
void PatchLearner::beginFilters() {
  for (int f = 0; f < settings_.count; ++f) {
    const double* patch = patches_.column(f % settings_.sample);
    std::copy_n(patch, grid_.length(), sums_.column(f));
  }
}

/// Filters := sums of their patches, of length 1, and sums of the patches that are nearest to each; a filter without
/// any stays.
void PatchLearner::assign() {
  const int d = grid_.length(), count = settings_.count, all = settings_.sample;
  for (int f = 0; f < count; ++f) {
    double squares = 0;
    for (int j = 0; j < d; ++j) squares += square(sums_(j, f));
    const double length = std::sqrt(squares);
    for (int j = 0; j < d; ++j) {
      if (length > 0) filters_(j, f) = sums_(j, f) / length;
    }
  }
  std::fill_n(sums_.data(), sums_.size(), 0.0);
  double missed = 0;
  for (int from = 0; from < all; from += Tuning::patches) {
    la_.checkpoint();
    const int width = std::min(Tuning::patches, all - from);
    const Mat<double> products = products_.view().columns(0, width);
    la_.gemm(Transpose::yes, Transpose::no, 1, Mat<const double>(filters_.view()),
             Mat<const double>(patches_.view().columns(from, width)), 0, products);
    for (int k = 0; k < width; ++k) {
      const double* best = std::max_element(products.column(k), products.column(k) + count);
      double* const sum = sums_.column(static_cast<int>(best - products.column(k)));
      for (int j = 0; j < d; ++j) sum[j] += patches_(j, from + k);
      missed += (1 - *best) / all;
    }
  }
  now_.residual = missed == 0 ? 0 : (before_ - missed) / missed;
  now_.objective = before_ = missed;
}

std::optional<Status> PatchLearner::step() {
  assign();
  return std::nullopt;
}

LearnPatchesSolution PatchLearner::solution() const {
  LearnPatchesSolution made;
  made.filters = HostMatrix<double>(filters_.rows(), filters_.cols());
  la_.copy(Mat<const double>(filters_.view()), made.filters.view());
  made.contrast = contrast_;
  return made;
}

}  // namespace nonconvex
