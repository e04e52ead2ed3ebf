// Anderson acceleration (type II) of a fixed-point iteration s -> T(s), with a safeguard.
//
// H. Walker, P. Ni, "Anderson acceleration for fixed-point iterations", SIAM J. Numer. Anal. 49(4), 2011.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <utility>

#include "linalg/linalg.hpp"

namespace nonconvex {

/// The decisions of an iteration, from a few sums: on the host, or by one thread of a device, which need not wait.
struct AndersonControl {
  struct Tuning {
    static constexpr int most = 15;  ///< measured: most differences of the memory
    /// measured: growth of the residual above which an extrapolation is taken back.
    static constexpr double patience = 2;
    /// safeguard: growth of the norm beside where the residual was least. Far out a map may move every
    /// point by the same step, where residuals that differ by rounding alone lead anywhere.
    static constexpr double growth = 10;
    static constexpr double better = 0.9;  ///< measured: fall of the residual that counts as a better point
    /// rounding: multiple of I that is added to dF^T dF, beside its trace.
    static constexpr double regularization = 1e-10;
  };
  static constexpr int most = Tuning::most;

  int memory = 0;
  int count = 0;
  bool started = false;
  bool extrapolated = false;
  bool takenBack = false;
  double lastResidual = 0;
  double bestResidual = INFINITY;
  double bestNorm = 0;           // ||x|| at the point with that residual
  double gram[most][most] = {};  // dF^T dF
  double products[most] = {};    // dF^T f
  double weights[most] = {};

  /// Column of the newest differences, -1 while there is nothing to take them from; how many there are with them.
  NONCONVEX_HD int column() const { return started ? count % memory : -1; }
  NONCONVEX_HD int columns() const { return !started ? 0 : count + 1 < memory ? count + 1 : memory; }

  /// How many there are after an iteration was taken in.
  NONCONVEX_HD int columnsHeld() const { return count < memory ? count : memory; }

  NONCONVEX_HD void restart() {
    count = 0;
    started = false;
    extrapolated = false;
  }

  /// Forget the past: the map has changed.
  NONCONVEX_HD void reset() {
    restart();
    bestResidual = INFINITY;
  }

  /// `sums` are f^T f, f^T (newest column) and the products of all columns with it. normOfG() is asked for where the
  /// residual is the least so far; solve(columns) gives weights.
  template <class NormOfG, class Solve>
  NONCONVEX_HD void addPair(const double* sums, const NormOfG& normOfG, const Solve& solve) {
    const double residual = std::sqrt(sums[0]);
    takenBack = extrapolated && !(residual <= Tuning::patience * lastResidual);
    if (takenBack) return restart();
    if (residual < Tuning::better * bestResidual) {
      bestResidual = residual;
      bestNorm = normOfG();
    }
    const int newest = column();
    const int size = columns();
    if (started) {
      ++count;
      // f is the last f plus the newest column.
      for (int i = 0; i < size; ++i) {
        gram[i][newest] = gram[newest][i] = sums[2 + i];
        products[i] += sums[2 + i];
      }
      products[newest] = sums[1];
    }
    started = true;
    lastResidual = residual;
    extrapolated = count >= 2 && solve(size);
  }

  /// Returns true if the last extrapolation is believed.
  NONCONVEX_HD void checkNorm(double square) {
    takenBack = !(square <= Tuning::growth * Tuning::growth * bestNorm * bestNorm);
    if (takenBack) restart();
  }

  /// Column-major dF^T dF + a little I, of `size` columns; false where there is nothing to go by.
  NONCONVEX_HD bool regularizedGram(int size, double* factor) const {
    double trace = 0;
    for (int i = 0; i < size; ++i) trace += gram[i][i];
    for (int j = 0; j < size; ++j) {
      for (int i = 0; i < size; ++i) factor[j * size + i] = gram[j][i];
      factor[j * size + j] += Tuning::regularization * trace;
    }
    return trace > 0;
  }

  /// weights := argmin ||f - dF w||^2 + a little ||w||^2
  NONCONVEX_HD bool solve(int size) {
    double factor[most * most];
    if (!regularizedGram(size, factor)) return false;
    for (int j = 0; j < size; ++j) {
      for (int i = j; i < size; ++i) {
        double sum = factor[j * size + i];
        for (int k = 0; k < j; ++k) sum -= factor[k * size + i] * factor[k * size + j];
        if (i == j && !(sum > 0)) return false;
        factor[j * size + i] = i == j ? std::sqrt(sum) : sum / factor[j * size + j];
      }
    }
    for (int i = 0; i < size; ++i) {
      double sum = products[i];
      for (int k = 0; k < i; ++k) sum -= factor[k * size + i] * weights[k];
      weights[i] = sum / factor[i * size + i];
    }
    for (int i = size - 1; i >= 0; --i) {
      double sum = weights[i];
      for (int k = i + 1; k < size; ++k) sum -= factor[i * size + k] * weights[k];
      weights[i] = sum / factor[i * size + i];
    }
    return true;
  }
};

namespace kernels {

/// Places of all that the method keeps.
template <class T, class Space>
struct AndersonView {
  AndersonControl* control;
  int head;
  const T* s;
  T* g;
  T* lastF;
  T* lastG;
  Mat<T, Space> differencesF, differencesG;
};

struct AndersonReset {
  AndersonControl* control;
  int memory;
  NONCONVEX_HD void operator()(int) const {
    control->memory = memory;
    control->reset();
  }
};

template <class T, class Space>
struct AndersonTakeIn {
  AndersonView<T, Space> at;
  NONCONVEX_HD void operator()(int i) const {
    const int column = at.control->column();
    if (column >= 0) at.differencesG(i, column) = at.g[i] - at.lastG[i];
    if (i >= at.head) return;
    const T f = at.g[i] - at.s[i];
    if (column >= 0) at.differencesF(i, column) = f - at.lastF[i];
    at.lastF[i] = f;
  }
};

/// ||g||^2, f^T f, f^T (newest column), products of the columns with the newest.
template <class T, class Space>
struct AndersonSums {
  AndersonView<T, Space> at;
  NONCONVEX_HD double operator()(int i, int which) const {
    const int newest = at.control->column();
    const double f = static_cast<double>(at.lastF[i]);
    const double image = static_cast<double>(at.g[i]);
    if (which == 0) return image * image;
    if (which == 1) return f * f;
    if (newest < 0 || which - 3 >= at.control->columns()) return 0;
    return static_cast<double>(at.differencesF(i, newest)) *
           (which == 2 ? f : static_cast<double>(at.differencesF(i, which - 3)));
  }
};

struct AndersonRoot {
  double square;
  NONCONVEX_HD double operator()() const { return std::sqrt(square); }
};

struct AndersonSolve {
  AndersonControl* control;
  NONCONVEX_HD bool operator()(int size) const { return control->solve(size); }
};

template <class T, class Space>
struct AndersonDecide {
  AndersonView<T, Space> at;
  const double* sums;
  NONCONVEX_HD void operator()(int) const {
    at.control->addPair(sums + 1, AndersonRoot{sums[0]}, AndersonSolve{at.control});
  }
};

template <class T, class Space>
struct AndersonExtrapolate {
  AndersonView<T, Space> at;
  NONCONVEX_HD void operator()(int i) const {
    const AndersonControl& now = *at.control;
    if (now.takenBack) return;
    const T plain = at.g[i];
    at.lastG[i] = plain;
    if (!now.extrapolated) return;
    double sum = static_cast<double>(plain);
    const int columns = now.columnsHeld();
    for (int j = 0; j < columns; ++j) sum -= now.weights[j] * static_cast<double>(at.differencesG(i, j));
    at.g[i] = static_cast<T>(sum);
  }
};

template <class T, class Space>
struct AndersonNorm {
  AndersonView<T, Space> at;
  NONCONVEX_HD double operator()(int i, int) const {
    if (!at.control->extrapolated) return 0;
    const double image = static_cast<double>(at.g[i]);
    return image * image;
  }
};

template <class T, class Space>
struct AndersonCheckNorm {
  AndersonView<T, Space> at;
  const double* square;
  NONCONVEX_HD void operator()(int) const {
    if (at.control->extrapolated) at.control->checkNorm(*square);
  }
};

template <class T, class Space>
struct AndersonTakeBack {
  AndersonView<T, Space> at;
  NONCONVEX_HD void operator()(int i) const {
    if (at.control->takenBack) at.g[i] = at.lastG[i];
  }
};

}  // namespace kernels

/// The state may have a tail that is a linear function of its head (a product with the head kept up to date): only the
/// head counts in residuals, and the tail goes through the same affine combinations, which keep it true.
///
/// On a device; nothing waits.
template <LinAlg La>
class Anderson {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;

  Anderson(const La& la, int memory, int head, int size);

  void reset() { la_.forEach(1, kernels::AndersonReset{control(), memory_}); }

  /// `s` is the point, `g` = T(s); overwrites g with the point to go on from.
  void advance(Vec<const T, Space> s, Vec<T, Space> g) {
    const kernels::AndersonView<T, Space> view{
        control(), head_, s.data, g.data, lastF_.view().data, lastG_.view().data, differencesF_, differencesG_};
    la_.forEach(size_, kernels::AndersonTakeIn<T, Space>{view});
    la_.columnSums(head_, memory_ + 3, kernels::AndersonSums<T, Space>{view}, sums_.flat());
    la_.forEach(1, kernels::AndersonDecide<T, Space>{view, sums_.view().data});
    la_.forEach(size_, kernels::AndersonExtrapolate<T, Space>{view});
    la_.columnSums(head_, 1, kernels::AndersonNorm<T, Space>{view}, sums_.flat());
    la_.forEach(1, kernels::AndersonCheckNorm<T, Space>{view, sums_.view().data});
    la_.forEach(size_, kernels::AndersonTakeBack<T, Space>{view});
  }

 private:
  AndersonControl* control() const { return reinterpret_cast<AndersonControl*>(control_.view().data); }

  const La& la_;
  int memory_;
  int head_;
  int size_;
  typename La::template Matrix<T> differencesF_, differencesG_, lastF_, lastG_;
  typename La::template Matrix<double> control_, sums_;
};

template <LinAlg La>
Anderson<La>::Anderson(const La& la, int memory, int head, int size)
    : la_(la),
      memory_(memory),
      head_(head),
      size_(size),
      differencesF_(la.template matrix<T>(head, memory)),
      differencesG_(la.template matrix<T>(size, memory)),
      lastF_(la.template matrix<T>(head, 1)),
      lastG_(la.template matrix<T>(size, 1)),
      control_(la.template matrix<double>(static_cast<int>((sizeof(AndersonControl) + 7) / 8), 1)),
      sums_(la.template matrix<double>(memory + 3, 1)) {
  reset();
}

/// Anderson's method on the CPU, in pieces that threads keep in their caches.
template <>
class Anderson<Cpu> {
 public:
  Anderson(const Cpu& la, int memory, int head, int size)
      : la_(la),
        head_(head),
        size_(size),
        piece_(std::max(512, (size + Tuning::mostPieces - 1) / Tuning::mostPieces)),
        pieces_((size + piece_ - 1) / piece_),
        differencesF_(head, memory),
        differencesG_(size, memory),
        lastF_(static_cast<std::size_t>(head)),
        lastG_(static_cast<std::size_t>(size)),
        nextG_(static_cast<std::size_t>(size)),
        partial_(memory + 2, pieces_),
        factor_(static_cast<std::size_t>(memory * memory)) {
    control_.memory = memory;
  }

  void reset() { control_.reset(); }

  /// Takes the head for one that is spread over processes: this one's residuals begin at entry `from`, what is before
  /// is another's, and `together` adds up the sums of all of them.
  void addUp(int from, std::function<void(std::span<double>)> together) {
    from_ = from;
    together_ = std::move(together);
  }

  void advance(Vec<const double> point, Vec<double> image) {
    const double* s = point.data;
    double* g = image.data;
    const int column = control_.column();
    const int columns = control_.columns();
    la_.tasks(
        pieces_, [&](int k) { addPair(k, s, g, column, columns); }, 4.0 * size_ * (columns + 1));
    for (int k = 1; k < pieces_; ++k) {
      for (int i = 0; i < columns + 2; ++i) partial_(i, 0) += partial_(i, k);
    }
    if (together_) together_({partial_.data(), static_cast<std::size_t>(columns + 2)});
    control_.addPair(
        partial_.data(), [&] { return std::sqrt(square(g)); }, [&](int size) { return solve(size); });
    lastTaken_ = !control_.takenBack;
    if (control_.takenBack) {
      // The extrapolation went astray: go on from where the plain iteration was.
      std::copy(lastG_.data(), lastG_.data() + size_, g);
      return;
    }
    std::swap(lastG_, nextG_);
    if (!control_.extrapolated) return;
    la_.tasks(
        pieces_,
        [&](int k) {
          const int begin = k * piece_;
          blas::gemv('N', std::min(piece_, size_ - begin), columns, -1.0, &differencesG_(begin, 0), size_,
                     control_.weights, 1.0, g + begin);
        },
        2.0 * size_ * columns);
    control_.checkNorm(square(g));
    if (control_.takenBack) std::copy(lastG_.data(), lastG_.data() + size_, g);
  }

  /// The image that the last advance() was given.
  std::span<const double> image() const {
    return {(lastTaken_ ? lastG_ : nextG_).data(), static_cast<std::size_t>(size_)};
  }

 private:
  struct Tuning {
    static constexpr int mostPieces = 16;  ///< measured: pieces of a vector, whose sums are added in order
  };

  /// ||g||^2 of the head.
  double square(const double* g) const {
    double sum = blas::dot(head_ - from_, g + from_, g + from_);
    if (together_) together_({&sum, 1});
    return sum;
  }

  /// The differences of a piece into `column`, and its part of f^T f, f^T (that column) and of the products of all
  /// columns with it.
  void addPair(int piece, const double* s, const double* g, int column, int columns) {
    const int begin = piece * piece_;
    const int end = std::min(size_, begin + piece_);
    const int rows = std::min(end, head_) - begin;  // the rows of the head in this piece
    double* sums = partial_.column(piece);
    std::fill(sums, sums + columns + 2, 0.0);
    double* lastF = lastF_.data() + begin;
    const double* lastG = lastG_.data() + begin;
    if (column >= 0) {
      double* df = differencesF_.column(column) + begin;
      double* dg = differencesG_.column(column) + begin;
      for (int i = 0; i < rows; ++i) df[i] = g[begin + i] - s[begin + i] - lastF[i];
      for (int i = 0; i < end - begin; ++i) dg[i] = g[begin + i] - lastG[i];
    }
    for (int i = 0; i < rows; ++i) lastF[i] = g[begin + i] - s[begin + i];
    std::copy(g + begin, g + end, nextG_.data() + begin);
    const int skipped = std::clamp(from_ - begin, 0, std::max(0, rows));
    const int counted = rows - skipped;
    if (counted <= 0) return;
    lastF += skipped;
    sums[0] = blas::dot(counted, lastF, lastF);
    if (column < 0) return;
    const double* df = differencesF_.column(column) + begin + skipped;
    sums[1] = blas::dot(counted, lastF, df);
    blas::gemv('T', counted, columns, 1.0, differencesF_.data() + begin + skipped, head_, df, 0.0, sums + 2);
  }

  bool solve(int size) {
    double* factor = factor_.data();
    double* weights = control_.weights;
    if (!control_.regularizedGram(size, factor) || blas::potrfLower(size, factor, size) != 0) return false;
    std::copy(control_.products, control_.products + size, weights);
    blas::trsmLower('L', 'N', size, 1, factor, size, weights, size);
    blas::trsmLower('L', 'T', size, 1, factor, size, weights, size);
    return true;
  }

  const Cpu& la_;
  int head_;
  int size_;
  int piece_;
  int pieces_;
  HostMatrix<double> differencesF_;
  HostMatrix<double> differencesG_;
  HostBuffer<double> lastF_;
  HostBuffer<double> lastG_;
  HostBuffer<double> nextG_;
  HostMatrix<double> partial_;  // sums of each piece: f^T f, f^T df, dF^T df
  HostBuffer<double> factor_;
  AndersonControl control_;
  bool lastTaken_ = true;  // true: lastG_ is the last image; false: nextG_ is
  int from_ = 0;
  std::function<void(std::span<double>)> together_;
};

}  // namespace nonconvex
