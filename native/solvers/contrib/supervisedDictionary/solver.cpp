#include "solvers/contrib/supervisedDictionary/solver.hpp"

#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "functions/losses.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

const SupervisedDictionaryProblem& withRoomForDictionary(const SupervisedDictionaryProblem& problem, int rank) {
  const double n = problem.x.rows + 1.0, p = problem.x.columns;
  const double least = std::min(n, p), r = std::min<double>(rank, least);
  requireMemory(sizeof(double) * (4 * n * p + least * least + 2 * r * (n + p) + 4 * (n + p)),
                "x with " + show(problem.x.columns) + " columns and n = " + show(problem.x.rows) + " rows needs");
  return problem;
}

}  // namespace

DictionaryDescent::DictionaryDescent(const Cpu& la, const SupervisedDictionaryProblem& problem,
                                     const SupervisedDictionarySettings& settings)
    : la_(la),
      problem_(withRoomForDictionary(problem, settings.rank)),
      settings_(settings),
      dictionary_(problem.x.columns, rank()),
      composed_(problem.x.rows + 1, rank()),
      a_(at(problem.x.columns)) {
  requireFinite("warmStart", problem.start);
  if (problem.start.empty()) return;
  std::copy(problem.start.begin(), problem.start.end() - 1, a_.begin());
  c_ = problem.start.back();
}

void DictionaryDescent::start() {
  requireFinite("y", problem_.y);
  const HostMatrix<double> xt = transposedRows(la_, "x", problem_.x);
  whole_ = HostMatrix<double>(p(), n() + 1, Uninitialized{});
  std::fill_n(whole_.data(), p(), 0.0);
  constexpr int columnsAtOnce = 1024;
  for (int first = 0; first < n(); first += columnsAtOnce) {
    la_.checkpoint();
    const int count = std::min(columnsAtOnce, n() - first);
    la_.copy(Mat<const double>(xt.columns(first, count)), whole_.columns(1 + first, count));
  }
  low_ = HostMatrix<double>(p(), n() + 1);
  la_.checkpoint();
  gradient_.resize(a_.size());
  scores_.resize(at(n()));
  slopes_.resize(at(n()));
  svd_.emplace(p(), n() + 1);
  svd_->decompose(whole_, [this] { la_.checkpoint(); });
  alpha_ = std::sqrt(square(svd_->value(0)) / (4.0 * n()) + settings_.lambda);
  beta_ = std::sqrt(settings_.reconstruction / n());
  for (std::size_t k = at(p()); k < whole_.size(); ++k) whole_.data()[k] *= beta_;
  size_ = std::sqrt(la_.dot(whole_.flat(), whole_.flat()));
  if (!(size_ > 0)) size_ = 1;
  // One step from where it begins, as coefficients of rank r are known after it only: from an earlier result to itself.
  classify();
  goAlong();
  truncate();
  classify();
  // How far the next step would go is not known before it is taken.
  residual_ = infinity;
  started_ = true;
}

/// The mean loss and its derivatives at a and c.
void DictionaryDescent::classify() {
  const Mat<const double> scaled = whole_.columns(1, n());  // beta X
  la_.gemv(Transpose::yes, 1 / beta_, scaled, viewOf(a_), 0.0, viewOf(scores_));
  double sum = 0, slopes = 0;
  for (int i = 0; i < n(); ++i) {
    const Expansion loss = losses::Logistic::at<StandardMath>(scores_[at(i)] + c_, problem_.y[at(i)]);
    sum += loss.value;
    slopes += loss.derivative;
    slopes_[at(i)] = loss.derivative;
  }
  loss_ = sum / n();
  slope_ = slopes / n();
  gradient_ = a_;
  la_.gemv(Transpose::no, 1 / beta_ / n(), scaled, viewOf(slopes_), settings_.lambda, viewOf(gradient_));
}

/// Moves the coefficients along their gradient.
void DictionaryDescent::goAlong() {
  for (int j = 0; j < p(); ++j) whole_(j, 0) = alpha_ * a_[at(j)] - gradient_[at(j)] / alpha_;
}

/// Takes the part of rank r of the whole; returns how far it is from the one before.
double DictionaryDescent::truncate() {
  svd_->decompose(whole_, [this] { la_.checkpoint(); });
  for (int k = 0; k < rank(); ++k) {
    std::copy(svd_->left(k), svd_->left(k) + p(), dictionary_.column(k));
    for (int i = 0; i <= n(); ++i) composed_(i, k) = svd_->value(k) * svd_->right(k)[i];
  }
  // The former values less the present ones, then the present ones.
  la_.gemm(Transpose::no, Transpose::yes, -1.0, dictionary_, composed_, 1.0, low_);
  const double moved = std::sqrt(la_.dot(low_.flat(), low_.flat()));
  la_.gemm(Transpose::no, Transpose::yes, 1.0, dictionary_, composed_, 0.0, low_);
  missing_ = 0;
  for (std::size_t k = at(p()); k < low_.size(); ++k) missing_ += square(whole_.data()[k] - low_.data()[k]);
  for (int j = 0; j < p(); ++j) a_[at(j)] = low_(j, 0) / alpha_;
  return moved;
}

std::optional<Status> DictionaryDescent::step() {
  c_ -= 4 * slope_;
  const double shift = std::abs(slope_);
  classify();
  goAlong();
  residual_ = std::max(truncate() / size_, shift);
  classify();
  return std::nullopt;
}

Progress DictionaryDescent::progress() const {
  Progress now;
  if (!started_) return now;
  now.objective = loss_ + settings_.lambda * norm2Squared(a_) / 2 + missing_ / 2;
  if (std::isfinite(residual_)) now.residual = residual_;
  return now;
}

SupervisedDictionarySolution DictionaryDescent::solution() const {
  SupervisedDictionarySolution made;
  made.dictionary = dictionary_.copy();
  made.codes = HostMatrix<double>(n(), rank());
  for (int k = 0; k < rank(); ++k) {
    for (int i = 0; i < n(); ++i) made.codes(i, k) = composed_(i + 1, k) / beta_;
    made.weights.push_back(composed_(0, k) / alpha_);
  }
  made.coefficients = a_;
  made.intercept = c_;
  made.loss = loss_;
  return made;
}

}  // namespace nonconvex
