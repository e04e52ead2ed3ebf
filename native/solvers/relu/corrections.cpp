#include "solvers/relu/corrections.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

int ReluCorrections::most(const ReluData& data, const ReluMap<Cpu>& map) {
  return std::min({map.signs() * map.patterns(), data.n, mostColumns});
}

double ReluCorrections::bytes(const ReluData& data, const ReluMap<Cpu>& map) {
  const double columns = most(data, map);
  const double d = map.dimension();
  return sizeof(double) * ((data.n + columns + d) * columns + (data.n + d * map.patterns()) * data.c);
}

ReluCorrections::ReluCorrections(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map, ReluProx<Cpu>& prox)
    : la_(la),
      data_(data),
      map_(map),
      prox_(prox),
      factors_(at(map.columns())),
      columns_(at(most(data, map))),
      rhs_(at(most(data, map))),
      gradients_(data.n, most(data, map)),
      gram_(most(data, map), most(data, map)),
      theta_(data.n, data.c),
      q_(map.dimension(), data.c * map.patterns()),
      directions_(map.dimension(), most(data, map)) {
  places_.reserve(rhs_.size());
  lengths_.reserve(rhs_.size());
}

/// Lists the columns of an output that are not zero and writes their h_j; false where there are none, or too many.
bool ReluCorrections::listUsed(int output) {
  const Vec<const int> list = prox_.list();
  places_.clear();
  lengths_.clear();
  count_ = 0;
  for (int place = 0; place < list.size; ++place) {
    if (list[place] / map_.patterns() % data_.c != output) continue;
    const double length = blas::nrm2(map_.dimension(), prox_.v().column(list[place]));
    if (length == 0) continue;
    if (++count_ > gradients_.cols()) return false;
    places_.push_back(place);
    lengths_.push_back(length);
  }
  la_.tasks(
      count_,
      [&](int i) {
        const int place = places_[at(i)];
        const double scale = map_.sign(list[place]) * prox_.scale()[place] / lengths_[at(i)];
        const double* product = prox_.product(place);
        const double* mask = map_.masks().column(list[place] % map_.patterns());
        double* h = gradients_.column(i);
        for (int k = 0; k < data_.n; ++k) h[k] = scale * mask[k] * product[k];
      },
      3.0 * data_.n * count_);
  return count_ > 0;
}

/// The Gramian of the listed h_j and its factor; false where rounding leaves none.
bool ReluCorrections::factor() {
  const Mat<double> gram = gram_.view().block(0, 0, count_, count_);
  la_.syrk(Transpose::yes, 1.0, gradients_.columns(0, count_), 0.0, gram);
  double trace = 0;
  for (int i = 0; i < count_; ++i) trace += gram(i, i);
  for (int i = 0; i < count_; ++i) gram(i, i) += ridge * trace;
  return la_.cholesky(gram);
}

void ReluCorrections::correctPoint(Vec<const char> wanted) {
  std::fill(factors_.begin(), factors_.end(), 1.0);
  for (int output = 0; output < data_.c; ++output) {
    if (wanted[output] && listUsed(output) && factor()) correctLengths(output);
  }
  prox_.rescale({factors_.data(), prox_.list().size});
}

/// The objective is convex: on the way from the lengths at hand to the best ones it falls.
void ReluCorrections::correctLengths(int output) {
  la_.gemv(Transpose::yes, 1.0, gradients_.columns(0, count_), {data_.y.column(output), data_.n}, 0.0,
           {rhs_.data(), count_});
  for (int i = 0; i < count_; ++i) rhs_[at(i)] -= data_.beta;
  la_.choleskySolve(gram_.view().block(0, 0, count_, count_), {rhs_.data(), count_, 1, count_});
  double step = 1;
  for (int i = 0; i < count_; ++i) {
    if (rhs_[at(i)] < 0) step = std::min(step, lengths_[at(i)] / (lengths_[at(i)] - rhs_[at(i)]));
  }
  for (int i = 0; i < count_; ++i) {
    factors_[at(places_[at(i)])] = std::max(0.0, 1 + step * (rhs_[at(i)] / lengths_[at(i)] - 1));
  }
}

void ReluCorrections::startDual(Mat<const double> theta, Mat<const double> q) {
  la_.copy(theta, theta_.view());
  la_.copy(q, q_.view());
}

void ReluCorrections::correctDual(Vec<const char> wanted) {
  for (int output = 0; output < data_.c; ++output) {
    if (!wanted[output]) continue;
    const int used = listUsed(output) ? count_ : 0;
    if (count_ > gradients_.cols()) continue;
    for (int i = 0; i < used; ++i) {
      const int j = prox_.list()[places_[at(i)]];
      const double along =
          map_.sign(j) * blas::dot(q_.rows(), prox_.v().column(j), q_.column(j % q_.cols())) / lengths_[at(i)];
      rhs_[at(i)] = std::max(along, prox_.bound(j)) - data_.beta;
    }
    listExceeding(output);
    if (count_ == 0 || !factor()) continue;
    la_.choleskySolve(gram_.view().block(0, 0, count_, count_), {rhs_.data(), count_, 1, count_});
    la_.gemv(Transpose::no, -1.0, gradients_.columns(0, count_), {rhs_.data(), count_}, 1.0,
             {theta_.column(output), data_.n});
  }
  map_.adjoint(theta_, q_.view());
}

/// Adds the columns of an output that are zero and whose norms are above beta, as long as there is room. The direction
/// is that of q_j + shift_j, whose length bounds the norm.
void ReluCorrections::listExceeding(int output) {
  const int p = map_.patterns();
  const int first = count_;
  for (int s = 0; s < map_.signs(); ++s) {
    for (int j = (s * data_.c + output) * p; j < (s * data_.c + output + 1) * p; ++j) {
      if (prox_.bound(j) <= data_.beta || count_ == gradients_.cols()) continue;
      if (blas::nrm2(q_.rows(), prox_.v().column(j)) > 0) continue;
      double* w = directions_.column(count_ - first);
      const double* shift = prox_.shift().column(j);
      for (int i = 0; i < q_.rows(); ++i) w[i] = map_.sign(j) * q_(i, j % q_.cols()) + shift[i];
      const double length = blas::nrm2(q_.rows(), w);
      if (length <= data_.beta) continue;
      for (int i = 0; i < q_.rows(); ++i) w[i] *= map_.sign(j) / length;
      columns_[at(count_)] = j;
      rhs_[at(count_++)] = prox_.bound(j) - data_.beta;
    }
  }
  const int added = count_ - first;
  if (added == 0) return;
  la_.gemm(Transpose::yes, Transpose::no, 1.0, map_.xt(), directions_.columns(0, added), 0.0,
           gradients_.columns(first, added));
  la_.forEach(data_.n, added,
              [&](int k, int i) { gradients_(k, first + i) *= map_.masks()(k, columns_[at(first + i)] % p); });
}

}  // namespace nonconvex
