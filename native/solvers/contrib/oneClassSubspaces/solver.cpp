#include "solvers/contrib/oneClassSubspaces/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "data/row_pieces.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

const OneClassSubspacesProblem& withRoomForFrames(const OneClassSubspacesProblem& problem, int width) {
  const double n = problem.x.rows, d = problem.x.columns, k = std::min(width, problem.x.columns);
  requireMemory(sizeof(double) * (n * (d + 2 * k + 1) + 12 * d * k + k * k),
                "x with " + show(problem.x.columns) + " columns and n = " + show(problem.x.rows) +
                    " rows, dimension = " + show(width) + " need");
  return problem;
}

}  // namespace

SubspacePair::SubspacePair(const Cpu& la, const OneClassSubspacesProblem& problem,
                           const OneClassSubspacesSettings& settings)
    : la_(la),
      problem_(withRoomForFrames(problem, settings.dimension)),
      settings_(settings),
      descent_(problem.x.columns, width(), 2, 2 * width()) {
  const HostMatrix<double>& given = problem.start;
  requireFinite("warmStart", given.flat());
  require(given.cols() == 0 || given.cols() == 2 * width(), "columns of both frames of warmStart", given.cols(),
          "expected " + show(2 * width()));
  HostMatrix<double>& frames = descent_.point.frames;
  const Random random(settings.seed);
  for (std::size_t k = 0; k < frames.size(); ++k) frames.data()[k] = random.normal(k);
  if (given.cols() > 0) la_.copy(Mat<const double>(given.view()), frames.view());
  for (int k = 0; k < 2; ++k) frames::orthonormalize(frames.columns(k * width(), width()));
}

void SubspacePair::start() {
  xt_ = transposedRows(la_, "x", problem_.x);
  scores_ = HostMatrix<double>(2 * width(), n());
  losses_.resize(at(n()));
  begin();
}

/// Offsets that have the mean of the rows at the margins, and the objective there.
void SubspacePair::begin() {
  std::vector<double> mean(at(d()));
  const auto pause = [&] { la_.checkpoint(); };
  forRowsInPieces(n(), d(), pause, [&](int i) { axpy(1, {xt_.column(i), mean.size()}, mean); });
  for (double& each : mean) each /= n();
  std::vector<double>& offsets = descent_.point.numbers;
  la_.gemv(Transpose::yes, -1.0, descent_.point.frames, viewOf(mean), 0.0, viewOf(offsets));
  for (int k = 0; k < 2 * width(); ++k) offsets[at(k)] += k < width() ? settings_.margin : -settings_.margin;
  descent_.begin([this](const FramesAndNumbers& point, FramesAndNumbers& slope) { return evaluate(point, slope); });
  const double steepness = std::sqrt(descent_.squares);
  scale_ = steepness > 0 ? steepness : 1;
  started_ = true;
}

double SubspacePair::evaluate(const FramesAndNumbers& point, FramesAndNumbers& gradient) {
  const double weight = settings_.violationWeight / n();
  // Rows that stay in the cache while both products need them.
  for (int from = 0; from < n(); from += rowsAtOnce()) {
    la_.checkpoint();
    const int count = std::min(rowsAtOnce(), n() - from);
    const Mat<double> scores = scores_.columns(from, count);
    la_.gemm(Transpose::yes, Transpose::no, 1.0, point.frames, xt_.columns(from, count), 0.0, scores);
    la_.forEach(count, [&](int i) {
      losses_[at(from + i)] = miss(from + i, false, point.numbers) + miss(from + i, true, point.numbers);
    });
    la_.gemm(Transpose::no, Transpose::yes, weight, xt_.columns(from, count), scores, from == 0 ? 0.0 : 1.0,
             gradient.frames);
  }
  const double missed = la_.sum(n(), [&](int i) { return losses_[at(i)]; });
  std::fill(gradient.numbers.begin(), gradient.numbers.end(), 0.0);
  for (int i = 0; i < n(); ++i) {
    for (int k = 0; k < 2 * width(); ++k) gradient.numbers[at(k)] += weight * scores_(k, i);
  }
  double apart = 0;
  for (int k = 0; k < width(); ++k) {
    const int other = k + width();
    for (int j = 0; j < d(); ++j) {
      const double difference = point.frames(j, k) - point.frames(j, other);
      apart += square(difference) / 2;
      gradient.frames(j, k) += difference;
      gradient.frames(j, other) -= difference;
    }
    const double difference = point.numbers[at(k)] - point.numbers[at(other)];
    apart += square(difference);
    gradient.numbers[at(k)] += 2 * difference;
    gradient.numbers[at(other)] -= 2 * difference;
  }
  return apart + settings_.violationWeight * missed / (2 * n());
}

/// The square of what a row misses its margin by; its derivatives, halved, take the place of its scores.
double SubspacePair::miss(int row, bool upper, const std::vector<double>& offsets) {
  const int first = upper ? width() : 0;
  const double sign = upper ? -1 : 1;  // max v = -min(-v)
  double* v = scores_.column(row) + first;
  double least = infinity;
  int lowest = 0;
  for (int k = 0; k < width(); ++k) {
    v[k] = sign * (v[k] + offsets[at(first + k)]);
    if (v[k] < least) {
      least = v[k];
      lowest = k;
    }
  }
  const double T = settings_.softness;
  double sum = 0;
  for (int k = 0; k < width(); ++k) {
    v[k] = T > 0 ? std::exp((least - v[k]) / T) : (k == lowest ? 1 : 0);
    sum += v[k];
  }
  const double lacking = std::max(0.0, settings_.margin - (least - (T > 0 ? T * std::log(sum) : 0)));
  for (int k = 0; k < width(); ++k) v[k] *= -sign * lacking / sum;
  return square(lacking);
}

std::optional<Status> SubspacePair::step() {
  const bool descended =
      descent_.step([this](const FramesAndNumbers& point, FramesAndNumbers& slope) { return evaluate(point, slope); });
  return descended ? std::nullopt : std::optional(Status::stalled);
}

Progress SubspacePair::progress() const {
  Progress now;
  if (!started_) return now;
  now.objective = descent_.value;
  now.residual = std::sqrt(descent_.squares) / scale_;
  return now;
}

OneClassSubspacesSolution SubspacePair::solution() const {
  OneClassSubspacesSolution made;
  const auto& [frames, offsets] = descent_.point;
  made.lowerFrame = HostMatrix<double>(d(), width());
  made.upperFrame = HostMatrix<double>(d(), width());
  la_.copy(Mat<const double>(frames.columns(0, width())), made.lowerFrame.view());
  la_.copy(Mat<const double>(frames.columns(width(), width())), made.upperFrame.view());
  made.lowerOffsets.assign(offsets.begin(), offsets.begin() + width());
  made.upperOffsets.assign(offsets.begin() + width(), offsets.end());
  return made;
}

}  // namespace nonconvex
