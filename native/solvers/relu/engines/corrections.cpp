#include "solvers/relu/engines/corrections.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

int ReluCorrections::most(const ReluData& data, const ReluMap<Cpu>& map) {
  return std::min({map.signs() * map.patterns(), data.n, Tuning::mostColumns});
}

double ReluCorrections::bytes(const ReluData& data, const ReluMap<Cpu>& map) {
  const double columns = most(data, map);
  const double d = map.dimension();
  return sizeof(double) * ((data.n + columns + d) * columns * data.c + (data.n + d * map.patterns()) * data.c);
}

bool ReluCorrections::suit(const ReluData& data, const ReluMap<Cpu>& map, const kernels::Blocks& blocks,
                           const ReluSettings& settings, double available) {
  const bool slack = settings.splitting == ReluSplitting::slack && map.signs() == 2;
  return data.loss.kind == ReluLoss::squared && blocks.members == 1 && !slack && !map.features() && !data.ranks &&
         bytes(data, map) < Tuning::shareOfMemory * available;
}

ReluCorrections::ReluCorrections(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map, ReluProx<Cpu>& prox)
    : la_(la),
      data_(data),
      map_(map),
      prox_(prox),
      rooms_(at(std::min(data.c, la.threads()))),
      factors_(at(map.columns())),
      theta_(data.n, data.c),
      q_(map.dimension(), data.c * map.patterns()),
      wanted_(at(data.c)) {
  const int columns = most(data, map);
  for (Room& room : rooms_) {
    room.la = rooms_.size() == 1 ? la : la.serial();
    room.columns.resize(at(columns));
    room.rhs.resize(at(columns));
    room.places.reserve(at(columns));
    room.lengths.reserve(at(columns));
    room.gradients = HostMatrix<double>(data.n, columns, Uninitialized{});
    room.gram = HostMatrix<double>(columns, columns, Uninitialized{});
    room.directions = HostMatrix<double>(map.dimension(), columns, Uninitialized{});
  }
}

void ReluCorrections::offer(Mat<const double> theta, Mat<const double> q, double tolerance,
                            ReluCertificate<Cpu>& certificate) {
  if (certificate.gap() <= tolerance || !listWanted(tolerance, certificate)) return;
  const Vec<const char> wanted{wanted_.data(), data_.c};
  startDual(theta, q);
  correctPoint(wanted);
  certificate.offerPoint(prox_.point());
  for (int k = 0; k < Tuning::mostOfDual && certificate.gap() > tolerance; ++k) {
    correctDual(wanted);
    certificate.offerDual(theta_, q_);
  }
}

/// Marks the outputs that are good enough to be corrected; false if no output is.
bool ReluCorrections::listWanted(double tolerance, const ReluCertificate<Cpu>& certificate) {
  const double from = Tuning::within * std::sqrt(tolerance);
  bool any = false;
  for (int k = 0; k < data_.c; ++k) {
    wanted_[at(k)] = certificate.gap(k) <= from;
    any = any || wanted_[at(k)] != 0;
  }
  return any;
}

/// f(room, output) for the wanted outputs, shared out among the rooms.
template <class F>
void ReluCorrections::forOutputs(Vec<const char> wanted, const F& f) {
  const auto rooms = static_cast<int>(rooms_.size());
  const auto all = [&](int r) {
    for (int output = r; output < data_.c; output += rooms) {
      if (wanted[output]) f(rooms_[at(r)], output);
    }
  };
  if (rooms == 1) return all(0);  // a single room shares out the parts of its work instead
  la_.tasks(rooms, all);
}

/// Lists the columns of an output that are not zero and writes their h_j; false if there are no such columns, or too
/// many.
bool ReluCorrections::listUsed(Room& room, int output) const {
  const Vec<const int> list = prox_.list();
  room.places.clear();
  room.lengths.clear();
  room.count = 0;
  for (int place = 0; place < list.size; ++place) {
    if (list[place] / map_.patterns() % data_.c != output) continue;
    const double length = blas::nrm2(map_.dimension(), prox_.v().column(list[place]));
    if (length == 0) continue;
    if (++room.count > room.gradients.cols()) return false;
    room.places.push_back(place);
    room.lengths.push_back(length);
  }
  room.la.tasks(
      room.count,
      [&](int i) {
        const int place = room.places[at(i)];
        const double scale = map_.sign(list[place]) * prox_.scale()[place] / room.lengths[at(i)];
        const double* product = prox_.product(place);
        const double* mask = map_.masks().column(list[place] % map_.patterns());
        double* h = room.gradients.column(i);
        for (int k = 0; k < data_.n; ++k) h[k] = scale * mask[k] * product[k];
      },
      3.0 * data_.n * room.count);
  return room.count > 0;
}

/// The Gramian of the listed h_j and its factor; false where rounding leaves none.
bool ReluCorrections::factor(Room& room) {
  const int count = room.count;
  const Mat<double> gram = room.gram.view().block(0, 0, count, count);
  room.la.syrk(Transpose::yes, 1.0, room.gradients.columns(0, count), 0.0, gram);
  double trace = 0;
  for (int i = 0; i < count; ++i) trace += gram(i, i);
  for (int i = 0; i < count; ++i) gram(i, i) += Tuning::ridge * trace;
  return room.la.cholesky(gram);
}

void ReluCorrections::correctPoint(Vec<const char> wanted) {
  std::fill(factors_.begin(), factors_.end(), 1.0);
  prox_.writeProducts();
  forOutputs(wanted, [&](Room& room, int output) {
    if (listUsed(room, output) && factor(room)) correctLengths(room, output);
  });
  prox_.rescale({factors_.data(), prox_.list().size});
}

/// The objective is convex: on the way from the lengths at hand to the best ones it falls.
void ReluCorrections::correctLengths(Room& room, int output) {
  const int count = room.count;
  std::vector<double>& best = room.rhs;
  room.la.gemv(Transpose::yes, 1.0, room.gradients.columns(0, count), {data_.y.column(output), data_.n}, 0.0,
               {best.data(), count});
  for (int i = 0; i < count; ++i) best[at(i)] -= data_.lambda;
  room.la.choleskySolve(room.gram.view().block(0, 0, count, count), {best.data(), count, 1, count});
  double step = 1;
  for (int i = 0; i < count; ++i) {
    const double length = room.lengths[at(i)];
    if (best[at(i)] < 0) step = std::min(step, length / (length - best[at(i)]));
  }
  for (int i = 0; i < count; ++i) {
    factors_[at(room.places[at(i)])] = std::max(0.0, 1 + step * (best[at(i)] / room.lengths[at(i)] - 1));
  }
}

void ReluCorrections::startDual(Mat<const double> theta, Mat<const double> q) {
  la_.copy(theta, theta_.view());
  if (q.cols > 0) {
    la_.copy(q, q_.view());
  } else {
    map_.adjoint(theta_, q_.view());
  }
}

void ReluCorrections::correctDual(Vec<const char> wanted) {
  prox_.writeProducts();
  forOutputs(wanted, [&](Room& room, int output) { correctTheta(room, output); });
  map_.adjoint(theta_, q_.view());
}

void ReluCorrections::correctTheta(Room& room, int output) {
  const int used = listUsed(room, output) ? room.count : 0;
  if (room.count > room.gradients.cols()) return;
  for (int i = 0; i < used; ++i) {
    const int j = prox_.list()[room.places[at(i)]];
    const double along =
        map_.sign(j) * blas::dot(q_.rows(), prox_.v().column(j), q_.column(j % q_.cols())) / room.lengths[at(i)];
    room.rhs[at(i)] = std::max(along, prox_.bound(j)) - data_.lambda;
  }
  listExceeding(room, output);
  const int count = room.count;
  if (count == 0 || !factor(room)) return;
  room.la.choleskySolve(room.gram.view().block(0, 0, count, count), {room.rhs.data(), count, 1, count});
  room.la.gemv(Transpose::no, -1.0, room.gradients.columns(0, count), {room.rhs.data(), count}, 1.0,
               {theta_.column(output), data_.n});
}

/// Adds the columns of an output that are zero and whose norms are above lambda, as long as there is room. The
/// direction is that of q_j + shift_j, whose length bounds the norm.
void ReluCorrections::listExceeding(Room& room, int output) const {
  const int p = map_.patterns();
  const int first = room.count;
  for (int s = 0; s < map_.signs(); ++s) {
    for (int j = (s * data_.c + output) * p; j < (s * data_.c + output + 1) * p; ++j) {
      if (prox_.bound(j) <= data_.lambda || room.count == room.gradients.cols()) continue;
      if (blas::nrm2(q_.rows(), prox_.v().column(j)) > 0) continue;
      double* w = room.directions.column(room.count - first);
      const double* shift = prox_.shift().column(j);
      for (int i = 0; i < q_.rows(); ++i) w[i] = map_.sign(j) * q_(i, j % q_.cols()) + shift[i];
      const double length = blas::nrm2(q_.rows(), w);
      if (length <= data_.lambda) continue;
      for (int i = 0; i < q_.rows(); ++i) w[i] *= map_.sign(j) / length;
      room.columns[at(room.count)] = j;
      room.rhs[at(room.count++)] = prox_.bound(j) - data_.lambda;
    }
  }
  const int added = room.count - first;
  if (added == 0) return;
  room.la.gemm(Transpose::yes, Transpose::no, 1.0, map_.xt(), room.directions.columns(0, added), 0.0,
               room.gradients.columns(first, added));
  room.la.forEach(data_.n, added, [&](int k, int i) {
    room.gradients(k, first + i) *= map_.masks()(k, room.columns[at(first + i)] % p);
  });
}

}  // namespace nonconvex
