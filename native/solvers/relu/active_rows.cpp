#include "solvers/relu/active_rows.hpp"

#include <algorithm>

#include "linalg/outer_products.hpp"

namespace nonconvex {

ReluActiveRows::ReluActiveRows(const Cpu& la, Mat<const double> xt, Mat<const double> masks, int outputs)
    : la_(la), xt_(xt), patterns_(masks.cols), c_(outputs) {
  listRows(masks);
  constexpr int atOnce = loops::outputsAtOnce;
  const int rounded = (outputs + atOnce - 1) / atOnce * atOnce;
  thetaByRow_ = HostMatrix<double>(outputs, xt.cols);
  outputsByRow_ = HostMatrix<double>(rounded, xt.cols);
  netWeights_ = HostMatrix<double>(rounded, xt.rows * patterns_);
  places_.resize(static_cast<std::size_t>(outputs * patterns_));
  used_.resize(static_cast<std::size_t>(patterns_));
}

void ReluActiveRows::listRows(Mat<const double> masks) {
  first_.assign(1, 0);
  std::ptrdiff_t active = 0;
  for (int i = 0; i < patterns_; ++i) {
    la_.abortPoint();
    active += masks.rows - std::count(masks.column(i), masks.column(i) + masks.rows, 0.0);
    first_.push_back(active);
  }
  rows_.reserve(static_cast<std::size_t>(active));
  for (int i = 0; i < patterns_; ++i) {
    la_.abortPoint();
    for (int k = 0; k < masks.rows; ++k) {
      if (masks(k, i) != 0) rows_.push_back(k);
    }
  }
}

void ReluActiveRows::adjoint(Mat<const double> theta, Mat<double> q, bool rounded, bool abortable) {
  if (!rounded) return adjointOf<double>(xt_, theta, thetaByRow_, q, abortable);
  if (xtInSingle_.size() == 0) {
    xtInSingle_ = HostMatrix<float>(xt_.rows, xt_.cols, Uninitialized{});
    la_.copy(xt_, xtInSingle_.view());
    thetaByRowInSingle_ = HostMatrix<float>(c_, xt_.cols);
  }
  adjointOf<float>(xtInSingle_, theta, thetaByRowInSingle_, q, abortable);
}

template <class T>
void ReluActiveRows::adjointOf(Mat<const T> xt, Mat<const double> theta, HostMatrix<T>& byRow, Mat<double> q,
                               bool abortable) const {
  for (int k = 0; k < c_; ++k) {
    for (int row = 0; row < theta.rows; ++row) byRow(k, row) = static_cast<T>(theta(row, k));
  }
  la_.tasks(
      patterns_,
      [&](int i) {
        if (abortable) la_.abortPoint();
        loops::sumOfOuterProducts(static_cast<int>(end(i) - begin(i)), begin(i), xt, Mat<const T>(byRow),
                                  {q.column(i), q.rows, c_, q.stride * patterns_});
      },
      1.0 * theta.rows * q.rows * patterns_ * c_);
}

/// Lists the outputs that have a neuron in each pattern, and writes v_i - w_i of these.
void ReluActiveRows::gatherWeights(Vec<const int> list, Mat<const double> v) {
  std::fill(places_.begin(), places_.end(), -1);
  std::fill(used_.begin(), used_.end(), 0);
  for (const int j : list) {
    const int pattern = j % patterns_;
    int& place = places_[static_cast<std::size_t>(j % (c_ * patterns_))];
    int& used = used_[static_cast<std::size_t>(pattern)];
    const Mat<double> weights = netWeights_.view().columns(pattern * v.rows, v.rows);
    if (place < 0) {
      if (used % loops::outputsAtOnce == 0) {
        for (int l = 0; l < v.rows; ++l) std::fill_n(weights.column(l) + used, loops::outputsAtOnce, 0.0);
      }
      place = used++;
    }
    const double sign = j < c_ * patterns_ ? 1 : -1;
    for (int l = 0; l < v.rows; ++l) weights(place, l) += sign * v(l, j);
  }
}

void ReluActiveRows::forward(Vec<const int> list, Mat<const double> v, Mat<double> f, bool abortable) {
  gatherWeights(list, v);
  constexpr int grain = 128;
  la_.tasks((f.rows + grain - 1) / grain,
            [&](int chunk) {
              if (abortable) la_.abortPoint();
              const int begin = chunk * grain;
              const int end = std::min(f.rows, begin + grain);
              for (int k = 0; k < c_; ++k) std::fill(f.column(k) + begin, f.column(k) + end, 0.0);
              for (int i = 0; i < patterns_; ++i) addPattern(i, begin, end, f);
            },
            1.0 * f.rows * v.rows * list.size);
}

/// Rows [first, last) of f += D_i X (v_i - w_i)
void ReluActiveRows::addPattern(int pattern, int first, int last, Mat<double> f) {
  const int used = used_[static_cast<std::size_t>(pattern)];
  if (used == 0) return;
  const std::int32_t* from = std::lower_bound(begin(pattern), end(pattern), first);
  const int count = static_cast<int>(std::lower_bound(from, end(pattern), last) - from);
  const int rounded = (used + loops::outputsAtOnce - 1) / loops::outputsAtOnce * loops::outputsAtOnce;
  const Mat<const double> weights = netWeights_.view().columns(pattern * xt_.rows, xt_.rows);
  const Mat<double> products = outputsByRow_.view().columns(first, count);
  loops::productsOfListed(count, from, xt_, {weights.data, rounded, xt_.rows, weights.stride}, products);
  for (int k = 0; k < c_; ++k) {
    const int place = places_[static_cast<std::size_t>(k * patterns_ + pattern)];
    if (place < 0) continue;
    double* to = f.column(k);
    for (int l = 0; l < count; ++l) to[from[l]] += products(place, l);
  }
}

}  // namespace nonconvex
