#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "core/random.hpp"
#include "methods/low_rank_sdp/definite_factor.hpp"
#include "methods/unconstrained/lbfgs.hpp"
#include "solvers/discrete/certifyNetwork/relaxation.hpp"
#include "solvers/discrete/certifyNetwork/row_certifier.hpp"

namespace nonconvex {
namespace {

constexpr std::uint32_t drawsOfFactors = 41;  // definition: a stream of random numbers

struct SemidefiniteTuning {
  static constexpr int rank = 6;               ///< published: columns of the factors (section 5.3 of the design: 6)
  static constexpr int rounds = 40;            ///< safeguard: updates of the multipliers
  static constexpr int steps = 400;            ///< safeguard: steps of L-BFGS between two updates
  static constexpr double penalty = 10;        ///< published: the first penalty
  static constexpr double growth = 4;          ///< published: factor of the penalty where violations fall slowly
  static constexpr double violation = 1e-6;    ///< published: violation at which the relaxation is solved
  static constexpr double start = 0.3;         ///< published: length of the first factors
  static constexpr double firstShift = 1e-10;  ///< rounding: the least number that is added to the diagonal
  static constexpr double shiftGrowth = 1.7;   ///< safeguard: factor from one trial of that number to the next
  static constexpr double farthest = 1e3;  ///< safeguard: multiple of the least number that works; no more are tried
};

/// The margin in scaled variables: d_i = centre_i + radius_i p_i and activations h_k = size_k a_k of open neurons,
///
///   min constant + c.p + v.a   over   a_k (a_k - z_k) = 0,  a_k >= 0,  a_k >= z_k = z0_k + w_k.p,
///
/// with |p_i| <= 1 for all i, or ||p|| <= 1, or both |p_i| <= 1 and ||centre + radius p|| <= the radius.
struct ScaledMargin {
  int n = 0, m = 0;
  bool hasBox = false, hasBall = false;
  double constant = 0;
  std::vector<double> c, v, z0, w;            // w: m rows
  std::vector<double> ballSlope, ballSquare;  // the ball: ballConstant + ballSlope.p + sum of ballSquare_i p_i^2 <= 0
  double ballConstant = 0;

  const double* row(int k) const { return w.data() + at(k) * at(n); }
  /// A bound of ||p||^2 + ||a||^2.
  double trace() const { return (hasBox ? n : 1) + m; }
};

/// An orthonormal basis of the rows of open neurons and the fixed slope, by rows; empty where it has as many as inputs.
std::vector<std::vector<double>> basisOf(const DenseLayer& layer, const OpenNeurons& open) {
  constexpr double least = 1e-9;  // rounding: relative length of what is left of a dependent vector
  std::vector<std::vector<double>> basis;
  std::vector<std::vector<double>> vectors = {open.fixedSlope};
  for (const int k : open.units) vectors.emplace_back(layer.row(k), layer.row(k) + layer.inputs);
  for (std::vector<double>& each : vectors) {
    const double before = std::sqrt(dot(each.data(), each.data(), layer.inputs));
    for (int pass = 0; pass < 2; ++pass) {
      for (const std::vector<double>& unit : basis) {
        const double along = dot(each.data(), unit.data(), layer.inputs);
        for (std::size_t i = 0; i < each.size(); ++i) each[i] -= along * unit[i];
      }
    }
    const double length = std::sqrt(dot(each.data(), each.data(), layer.inputs));
    if (!(length > least * before)) continue;
    for (double& entry : each) entry /= length;
    basis.push_back(each);
  }
  return basis;
}

/// The margin in numbers that are about 1. Longer than most: one part after the other of one form.
ScaledMargin scaledMargin(const DenseLayers& network, const CertifyRow& row, const Question& question) {
  const OpenNeurons open(network, row, question);
  const DenseLayer& layer = network.hidden()[0];
  const Perturbation& set = row.perturbation;
  ScaledMargin made;
  made.m = static_cast<int>(open.units.size());
  made.hasBall = !set.isBox();
  for (int i = 0; i < set.size(); ++i) {
    if (set.isBox() || set.low()[at(i)] > -set.radius() || set.high()[at(i)] < set.radius()) made.hasBox = true;
  }
  // Inside of a ball alone, all that counts is the part of d in the span of the rows.
  const std::vector<std::vector<double>> basis =
      made.hasBox ? std::vector<std::vector<double>>{} : basisOf(layer, open);
  const bool turned = !made.hasBox;
  made.n = turned ? static_cast<int>(basis.size()) : layer.inputs;
  made.constant = open.fixedValue;
  std::vector<double> centre(at(made.n)), radius(at(made.n), set.radius());
  if (made.hasBox) {
    for (std::size_t i = 0; i < centre.size(); ++i) {
      centre[i] = (set.low()[i] + set.high()[i]) / 2;
      radius[i] = (set.high()[i] - set.low()[i]) / 2;
    }
  }
  const auto entry = [&](const double* vector, int i) {
    return turned ? dot(vector, basis[at(i)].data(), layer.inputs) : vector[i];
  };
  for (int i = 0; i < made.n; ++i) {
    const double slope = entry(open.fixedSlope.data(), i);
    made.c.push_back(slope * radius[at(i)]);
    made.constant += slope * centre[at(i)];
  }
  for (const int k : open.units) {
    const double size = row.high[at(k)];
    double z = row.z[at(k)];
    for (int i = 0; i < made.n; ++i) {
      const double weight = entry(layer.row(k), i);
      made.w.push_back(weight * radius[at(i)] / size);
      z += weight * centre[at(i)];
    }
    made.z0.push_back(z / size);
    made.v.push_back(question.v[at(k)] * size);
  }
  const double unit = square(std::max(set.radius(), 1e-300));
  made.ballConstant = -1;
  for (int i = 0; i < made.n; ++i) {
    made.ballConstant += square(centre[at(i)]) / unit;
    made.ballSlope.push_back(2 * centre[at(i)] * radius[at(i)] / unit);
    made.ballSquare.push_back(square(radius[at(i)]) / unit);
  }
  return made;
}

/// The augmented Lagrangian of the relaxation, where p_i and a_k are rows of factors P and A whose first column stands
/// for the numbers themselves and whose products stand for those of the numbers.
class FactoredMargin {
 public:
  explicit FactoredMargin(const ScaledMargin& margin)
      : margin_(margin), rank_(std::min(SemidefiniteTuning::rank, margin.n + margin.m)) {
    const std::size_t m = at(margin.m), n = at(margin.n);
    for (std::vector<double>* each : {&product, &above, &below}) each->resize(m);
    box.resize(margin.hasBox ? n : 0);
    Z_.resize(m * at(rank_));
  }

  int variables() const { return (margin_.n + margin_.m) * rank_; }
  int rank() const { return rank_; }

  /// The augmented Lagrangian at (P, A), and its gradient.
  double gradient(std::span<const double> x, std::span<double> g) {
    return visit(
        x,
        [&](double value, double& multiplier, bool equation) {
          const double shifted = multiplier + penalty * value;
          if (!equation && shifted <= 0) return std::pair(-square(multiplier) / (2 * penalty), 0.0);
          return std::pair(value * multiplier + penalty / 2 * square(value), shifted);
        },
        g);
  }

  double value(std::span<const double> x) {
    work_.resize(x.size());
    return gradient(x, work_);
  }

  /// Moves the multipliers by the violations; returns the largest one.
  double update(std::span<const double> x) {
    double most = 0;
    std::vector<double> unused(x.size());
    visit(
        x,
        [&](double value, double& multiplier, bool equation) {
          most = std::max(most, equation ? std::abs(value) : std::max(value, -multiplier / penalty));
          multiplier += penalty * value;
          if (!equation) multiplier = std::max(0.0, multiplier);
          return std::pair(0.0, 0.0);
        },
        unused);
    return most;
  }

  double penalty = SemidefiniteTuning::penalty;
  /// Multipliers of a_k (a_k - z_k) = 0, a_k >= 0, a_k >= z_k, p_i^2 <= 1 and the ball.
  std::vector<double> product, below, above, box;
  double ball = 0;

 private:
  /// Calls term(value, multiplier, is an equation) of each constraint, which gives what it adds to the objective and
  /// the derivative of that in the value; returns the sum with its gradient.
  ///
  /// Longer than most: one pass over all constraints and their derivatives.
  template <class Term>
  double visit(std::span<const double> x, Term&& term, std::span<double> g) {
    const int n = margin_.n, m = margin_.m, r = rank_;
    const double* P = x.data();
    const double* A = P + at(n) * at(r);
    double* ofP = g.data();
    double* ofA = ofP + at(n) * at(r);
    std::fill(g.begin(), g.end(), 0.0);
    double sum = margin_.constant;
    for (int i = 0; i < n; ++i) {
      sum += margin_.c[at(i)] * P[i * r];
      ofP[i * r] += margin_.c[at(i)];
    }
    std::fill(Z_.begin(), Z_.end(), 0.0);
    std::vector<double>& slopes = slopes_;  // slopes with respect to Z
    slopes.assign(Z_.size(), 0.0);
    for (int k = 0; k < m; ++k) {
      double* z = Z_.data() + at(k) * at(r);
      z[0] = margin_.z0[at(k)];
      for (int i = 0; i < n; ++i) {
        const double w = margin_.row(k)[i];
        for (int j = 0; j < r; ++j) z[j] += w * P[i * r + j];
      }
      const double* a = A + k * r;
      double* ofa = ofA + k * r;
      double* ofz = slopes.data() + at(k) * at(r);
      sum += margin_.v[at(k)] * a[0];
      ofa[0] += margin_.v[at(k)];
      double value = 0;
      for (int j = 0; j < r; ++j) value += a[j] * (a[j] - z[j]);
      const auto [added, slope] = term(value, product[at(k)], true);
      sum += added;
      for (int j = 0; j < r; ++j) {
        ofa[j] += slope * (2 * a[j] - z[j]);
        ofz[j] -= slope * a[j];
      }
      const auto [addedBelow, slopeBelow] = term(-a[0], below[at(k)], false);
      const auto [addedAbove, slopeAbove] = term(z[0] - a[0], above[at(k)], false);
      sum += addedBelow + addedAbove;
      ofa[0] -= slopeBelow + slopeAbove;
      ofz[0] += slopeAbove;
      for (int i = 0; i < n; ++i) {
        const double w = margin_.row(k)[i];
        for (int j = 0; j < r; ++j) ofP[i * r + j] += w * ofz[j];
      }
    }
    double inBall = margin_.ballConstant;
    for (int i = 0; i < n; ++i) {
      const double squares = dot(P + i * r, P + i * r, r);
      inBall += margin_.ballSlope[at(i)] * P[i * r] + margin_.ballSquare[at(i)] * squares;
      if (!margin_.hasBox) continue;
      const auto [added, slope] = term(squares - 1, box[at(i)], false);
      sum += added;
      for (int j = 0; j < r; ++j) ofP[i * r + j] += 2 * slope * P[i * r + j];
    }
    if (!margin_.hasBall) return sum;
    const auto [added, slope] = term(inBall, ball, false);
    for (int i = 0; i < n; ++i) {
      ofP[i * r] += slope * margin_.ballSlope[at(i)];
      for (int j = 0; j < r; ++j) ofP[i * r + j] += 2 * slope * margin_.ballSquare[at(i)] * P[i * r + j];
    }
    return sum + added;
  }

  const ScaledMargin& margin_;
  int rank_;
  std::vector<double> Z_, slopes_, work_;
};

/// The bound that multipliers prove: the Lagrange function is a quadratic form, which is made definite by a number on
/// the diagonal and then minimised; the number is paid for by the largest ||p||^2 + ||a||^2.
class MultiplierBound {
 public:
  explicit MultiplierBound(const ScaledMargin& margin)
      : margin_(margin), size_(margin.n + margin.m), B_(at(size_) * at(size_)), b_(at(size_)) {}

  double operator()(const FactoredMargin& multipliers, const Cpu& la) {
    assemble(multipliers);
    double best = -infinity, first = 0;
    double largest = 1;
    for (int i = 0; i < size_; ++i) largest = std::max(largest, std::abs(B_[at(i) * at(size_ + 1)]));
    for (double shift = SemidefiniteTuning::firstShift * largest; shift < largest * SemidefiniteTuning::farthest;
         shift *= SemidefiniteTuning::shiftGrowth) {
      if (first > 0 && shift > SemidefiniteTuning::farthest * first) break;
      const double bound = boundWith(shift, la);
      if (bound == -infinity) continue;
      if (first == 0) first = shift;
      if (bound < best) break;
      best = bound;
    }
    return best;
  }

 private:
  void assemble(const FactoredMargin& of) {
    const int n = margin_.n;
    std::fill(B_.begin(), B_.end(), 0.0);
    constant_ = margin_.constant + (margin_.hasBall ? of.ball * margin_.ballConstant : 0);
    terms_ = std::abs(constant_);
    for (int i = 0; i < n; ++i) {
      const double mu = margin_.hasBox ? of.box[at(i)] : 0;
      b_[at(i)] = margin_.c[at(i)] + of.ball * margin_.ballSlope[at(i)];
      entry(i, i) = mu + of.ball * margin_.ballSquare[at(i)];
      constant_ -= mu;
      terms_ += mu;
    }
    for (int k = 0; k < margin_.m; ++k) {
      const double y = of.product[at(k)], k2 = of.above[at(k)];
      entry(n + k, n + k) = y;
      b_[at(n + k)] = margin_.v[at(k)] - of.below[at(k)] - k2 - y * margin_.z0[at(k)];
      constant_ += k2 * margin_.z0[at(k)];
      terms_ += std::abs(k2 * margin_.z0[at(k)]);
      for (int i = 0; i < n; ++i) {
        entry(i, n + k) = entry(n + k, i) = -y / 2 * margin_.row(k)[i];
        b_[at(i)] += k2 * margin_.row(k)[i];
      }
    }
  }

  double boundWith(double shift, const Cpu& la) {
    shifted_ = B_;
    for (int i = 0; i < size_; ++i) shifted_[at(i) * at(size_ + 1)] += shift;
    if (!factor_.factor(size_, shifted_, la)) return -infinity;
    // Half of the shift makes up for the margin of the factorisation.
    solution_ = b_;
    factor_.solve(solution_);
    // For every y the form is at least constant + b.y - y B y, with y about the point where it is least, and the rest
    // is paid for by what is left of b - 2 B y.
    double linear = 0, form = 0, left = 0;
    for (int i = 0; i < size_; ++i) solution_[at(i)] /= -2;
    for (int i = 0; i < size_; ++i) {
      const double product = dot(shifted_.data() + at(i) * at(size_), solution_.data(), size_);
      linear += b_[at(i)] * solution_[at(i)];
      form += product * solution_[at(i)];
      left += square(b_[at(i)] + 2 * product);
    }
    const double trace = margin_.trace();
    double length = 0;
    for (const double each : solution_) length += square(each);
    const double bound = constant_ - form - (shift + factor_.margin()) * trace - std::sqrt(left) * (std::sqrt(trace)) -
                         factor_.margin() * length;
    constexpr double share = 1e-9, ofTerms = 1e-13;  // rounding: as in all bounds of margins
    return bound - share * (1 + std::abs(bound)) - ofTerms * (terms_ + std::abs(form) + std::abs(linear));
  }

  double& entry(int i, int j) { return B_[at(i) * at(size_) + at(j)]; }

  const ScaledMargin& margin_;
  int size_;
  std::vector<double> B_, b_, shifted_, solution_;
  double constant_ = 0, terms_ = 0;
  DefiniteFactor factor_;
};

/// Draws short factors P, and takes A = max(0, Z) in the first column.
std::vector<double> firstFactors(const ScaledMargin& margin, int rank, std::uint64_t seed) {
  const Random random(seed, drawsOfFactors);
  std::vector<double> x(at(margin.n + margin.m) * at(rank));
  for (std::size_t k = 0; k < x.size(); ++k)
    x[k] = SemidefiniteTuning::start * random.normal(k) / std::sqrt(margin.n + margin.m);
  for (int k = 0; k < margin.m; ++k) {
    double z = margin.z0[at(k)];
    for (int i = 0; i < margin.n; ++i) z += margin.row(k)[i] * x[at(i) * at(rank)];
    x[at(margin.n + k) * at(rank)] = std::max(0.0, z);
  }
  return x;
}

}  // namespace

double semidefiniteBound(const DenseLayers& network, const CertifyRow& row, const Question& question,
                         std::uint64_t seed, double goal, const Cpu& la) {
  const double first = intervalBound(network, row, question);
  if (network.hidden().size() > 1 || first >= goal) return first;
  const ScaledMargin margin = scaledMargin(network, row, question);
  FactoredMargin lagrangian(margin);
  MultiplierBound proven(margin);
  if (margin.n + margin.m == 0) return std::max(first, margin.constant - 1e-9 * (1 + std::abs(margin.constant)));
  std::vector<double> x = firstFactors(margin, lagrangian.rank(), seed);
  double best = first, before = infinity;
  for (int round = 0; round < SemidefiniteTuning::rounds && best < goal; ++round) {
    Lbfgs<FactoredMargin> descent(la, lagrangian, {.tolerance = 1e-7, .leastDecrease = 1e-12});
    std::optional<Status> ended = descent.start(x);
    for (int step = 0; step < SemidefiniteTuning::steps && !ended; ++step) ended = descent.step();
    std::copy(descent.x().begin(), descent.x().end(), x.begin());
    const double violation = lagrangian.update(x);
    best = std::max(best, proven(lagrangian, la));
    if (violation <= SemidefiniteTuning::violation) break;
    if (violation > before / SemidefiniteTuning::growth) lagrangian.penalty *= SemidefiniteTuning::growth;
    before = violation;
  }
  return best;
}

}  // namespace nonconvex
