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
  const int most = std::min(shape[0], shape[1]);
  return {.height = shape[0], .width = shape[1], .channels = shape[2], .size = std::min(size, most)};
}

}  // namespace

PatchLearner::PatchLearner(const Cpu& la, const LearnPatchesProblem& problem, const LearnPatchesSettings& settings)
    : la_(la), problem_(problem), settings_(settings), grid_(gridOf(problem, settings.size)) {
  const double length = grid_.length(), count = settings.count;
  const MatrixInput& start = problem.start;
  for (int f = 0; f < start.rows; ++f) {
    for (int j = 0; j < start.columns; ++j) requireFinite("start", f, j, start(f, j));
  }
  if (start.rows > 0) {
    require(start.rows == settings.count, "filters of warmStart", start.rows,
            "expected count = " + show(settings.count));
    require(start.columns == grid_.length(), "numbers of a filter of warmStart", start.columns,
            "expected size^2 channels = " + show(grid_.length()));
  }
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
  takeSums();
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

/// The first filters are those of the start, or patches, of which the first come again where these are fewer.
void PatchLearner::beginFilters() {
  const MatrixInput& start = problem_.start;
  for (int f = 0; f < settings_.count; ++f) {
    for (int j = 0; j < grid_.length(); ++j) {
      sums_(j, f) = start.rows > 0 ? start(f, j) : patches_(j, f % settings_.sample);
    }
  }
}

/// Filters := their sums, of length 1; a filter without patches stays.
void PatchLearner::takeSums() {
  for (int f = 0; f < settings_.count; ++f) {
    const double length = lengthOfSum(f);
    for (int j = 0; j < grid_.length(); ++j) {
      if (length > 0) filters_(j, f) = sums_(j, f) / length;
    }
  }
}

double PatchLearner::lengthOfSum(int f) const {
  double squares = 0;
  for (int j = 0; j < grid_.length(); ++j) squares += square(sums_(j, f));
  return std::sqrt(squares);
}

/// Each patch goes to the filter with the largest product. The residual is the share of the objective by which the best
/// filters for these patches would lower it.
void PatchLearner::assign() {
  const int count = settings_.count, all = settings_.sample;
  std::fill_n(sums_.data(), sums_.size(), 0.0);
  double reached = 0;
  for (int from = 0; from < all; from += Tuning::patches) {
    la_.checkpoint();
    const int width = std::min(Tuning::patches, all - from);
    const Mat<double> products = products_.view().columns(0, width);
    la_.gemm(Transpose::yes, Transpose::no, 1, Mat<const double>(filters_.view()),
             Mat<const double>(patches_.view().columns(from, width)), 0, products);
    for (int k = 0; k < width; ++k) {
      const double* best = std::max_element(products.column(k), products.column(k) + count);
      double* const sum = sums_.column(static_cast<int>(best - products.column(k)));
      for (int j = 0; j < grid_.length(); ++j) sum[j] += patches_(j, from + k);
      reached += *best / all;
    }
  }
  double best = 0;
  for (int f = 0; f < count; ++f) best += lengthOfSum(f) / all;
  now_.objective = 1 - reached;
  now_.residual = now_.objective > 0 ? std::max(0.0, best - reached) / now_.objective : 0;
}

std::optional<Status> PatchLearner::step() {
  takeSums();
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
