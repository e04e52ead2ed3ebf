// The data that the pieces of a method share in the step that they take together.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "core/random.hpp"
#include "core/type_list.hpp"
#include "linalg/cpu.hpp"
#include "problems/finite_sum.hpp"
#include "solvers/smooth/archive.hpp"
#include "solvers/smooth/problem.hpp"
#include "solvers/smooth/sweeps.hpp"

namespace nonconvex {

/// Uses of the seed.
enum class Draw : std::uint32_t { order = 1, rows, signs, factors, noise, start };

/// One step of a method on f, and the counts of all. A piece reads what those before it have written.
template <class T>
struct SumContext {
  SumContext(FiniteSum<T>& f, const MinimizeSumSettings& given, const Cpu& cpu, RowSet every, std::span<const T> start)
      : sum(f),
        settings(given),
        la(cpu),
        n(f.variables()),
        all(every),
        origin(start),
        blocks(f.blocks()),
        etas(blocks.size(), 0.0),
        squares(blocks.size(), 0.0),
        distances(blocks.size(), 0.0),
        length(n) {}

  FiniteSum<T>& sum;
  const MinimizeSumSettings& settings;
  const Cpu& la;
  const int n;
  const RowSet all;                 ///< the rows that f is the mean over
  const std::span<const T> origin;  ///< x_0
  const std::vector<SumBlock> blocks;

  // Counts
  std::int64_t step = 0;  ///< steps that are done
  std::int64_t rowsSeen = 0;
  std::int64_t gradients = 0;
  std::int64_t products = 0;

  // Of this step
  const T* here = nullptr;        ///< the last point
  const T* place = nullptr;       ///< the point of the gradient
  RowSet rows;                    ///< the rows drawn
  double loss = unknown;          ///< f on these rows at the point of the gradient
  double scheduled = 0;           ///< the step that the schedule has
  double alpha = 1;               ///< the weight of the step's point in an average
  double radius = 0;              ///< the largest distance from the start, of methods that go by it
  std::vector<double> etas;       ///< lengths of the step, for each variable
  std::vector<double> squares;    ///< ||g||^2, for each variable, if `squaresKnown`
  std::vector<double> distances;  ///< ||x - x_0||^2 after the step before, for each variable, if steps go by it
  bool squaresKnown = false;
  const T* prediction = nullptr;    ///< prediction of the gradient by methods that look ahead
  const T* momentum = nullptr;      ///< what the geometry was given
  double momentumBias = 1;          ///< the sum of the weights in it
  int first = 0, length = 0;        ///< the part of x that the step moves
  std::vector<std::int32_t> norms;  ///< norms of the variables, as the problem has them
  bool goesByDistance = false;      ///< true if the length of steps depends on `distances`

  Random random(Draw use) const { return Random(settings.seed, static_cast<std::uint32_t>(use)); }
  /// The share of `maxEpochs` that is over before this step.
  double done() const {
    const double total = settings.maxEpochs * all.count;
    return std::isfinite(total) && total > 0 ? std::min(1.0, static_cast<double>(rowsSeen) / total) : 0;
  }

  /// g := gradient of f on the rows of the step; returns its value.
  double gradient(RowSet chosen, const T* weights, const T* x, T* g) {
    double value = sum.gradient(chosen, weights, x, g);
    if (sum.hasRest()) value += sum.addRest(x, g);
    rowsSeen += chosen.count;
    ++gradients;
    return value;
  }
  double value(RowSet chosen, const T* x) {
    rowsSeen += chosen.count;
    return sum.value(chosen, x) + (sum.hasRest() ? sum.addRest(x, nullptr) : 0);
  }
  void hessianProduct(RowSet chosen, const T* x, const T* v, T* out) {
    sum.hessianProduct(chosen, x, v, out);
    if (sum.hasRest()) sum.addRestProduct(x, v, out);
    rowsSeen += chosen.count;
    ++products;
  }

  /// f(begin, length, index) for each variable.
  template <class F>
  void eachVariable(F&& f) const {
    for (std::size_t b = 0; b < blocks.size(); ++b) f(blocks[b].offset, blocks[b].size(), b);
  }
  /// ||g||^2, summed up once a step.
  double gradientSquares(const T* g) {
    if (!squaresKnown) {
      eachVariable([&](int begin, int size, std::size_t b) { squares[b] = sweeps::squares(size, g + begin); });
      squaresKnown = true;
    }
    return totalOf(squares);
  }
  /// x := keep x - eta d, eta that of each variable.
  template <class Eta>
  void move(double keep, const T* d, T* x, Eta&& etaOf) {
    eachVariable([&](int begin, int size, std::size_t b) {
      if (goesByDistance) {
        distances[b] = sweeps::move(size, keep, etaOf(b), d + begin, x + begin, origin.data() + begin);
      } else {
        sweeps::shift(size, keep, etaOf(b), d + begin, x + begin);
      }
    });
  }
  void measure(const T* x) {
    eachVariable([&](int begin, int size, std::size_t b) {
      distances[b] = sweeps::apart(size, x + begin, origin.data() + begin);
    });
  }
  double distance() const { return std::sqrt(totalOf(distances)); }
  void setEta(double eta) { std::fill(etas.begin(), etas.end(), eta); }

  void visit(Archive& archive) {
    for (std::int64_t* count : {&step, &rowsSeen, &gradients, &products}) archive.visit(*count);
    archive.visit(distances);
    archive.visit(radius);
  }

 private:
  static double totalOf(const std::vector<double>& parts) {
    double sum = 0;
    for (const double part : parts) sum += part;
    return sum;
  }
};

/// Vectors of n numbers at zero, or at a start.
template <class T>
std::vector<T> zeros(const SumContext<T>& at) {
  return std::vector<T>(static_cast<std::size_t>(at.n));
}
template <class T>
std::vector<T> copyOf(std::span<const T> x) {
  return {x.begin(), x.end()};
}

/// The base of every piece: state that is saved with a run.
struct SumPiece {
  virtual ~SumPiece() = default;
  virtual void visit(Archive&) {}
};

/// Draws rows and takes the gradient on them.
template <class T>
struct Estimator : SumPiece {
  virtual void draw(SumContext<T>& at) = 0;
  /// g := an estimate of the gradient at x; sets `loss`.
  virtual void estimate(SumContext<T>& at, const T* x, T* g) = 0;
  /// Draws again what a state does not hold.
  virtual void restore(SumContext<T>&) {}
};

/// Changes gradients before anybody goes by them.
template <class T>
struct Clipping : SumPiece {
  /// A weight for each of the rows drawn, of whose gradients the sum is taken; null: the mean.
  virtual const T* weights(SumContext<T>&, const T* /*x*/) { return nullptr; }
  virtual void apply(SumContext<T>&, T* /*g*/) {}
};

/// Makes directions of gradients before the geometry does.
template <class T>
struct Momentum : SumPiece {
  /// The vector that the geometry is given: g itself, or a vector of its own.
  virtual const T* apply(SumContext<T>& at, const T* g) = 0;
};

/// Turns a gradient into a direction, by a metric or a norm.
template <class T>
struct Geometry : SumPiece {
  /// Learns from the gradient g at x.
  virtual void learn(SumContext<T>&, const T* /*x*/, const T* /*g*/, const T* /*m*/) {}
  /// The direction for m, with what was learned: m itself, or a vector of its own.
  virtual const T* direction(SumContext<T>& at, const T* m) = 0;
  /// The divisors of g of a diagonal geometry; null for other geometries.
  virtual const T* diagonal() const { return nullptr; }
};

/// Says how far to go.
template <class T>
struct StepLength : SumPiece {
  /// Before the gradient: sets `scheduled` and `radius`.
  virtual void begin(SumContext<T>&) {}
  /// Sets `etas` for the direction d of the gradient g at x.
  virtual void choose(SumContext<T>& at, const T* x, const T* g, const T* d) = 0;
  /// A note on the result; mostly empty.
  virtual std::string warning() const { return {}; }
};

/// The set that x is in.
template <class T>
struct Feasible : SumPiece {
  virtual bool everywhere() const { return false; }
  /// x := the nearest point of the set, or the prox of the penalty after a step of length eta.
  virtual void project(T* x, double eta) const = 0;
};

/// Holds the points of a method: where gradients are taken and where a step goes.
template <class T>
struct Coupling : SumPiece {
  /// Gives the point at which the gradient is to be taken.
  virtual const T* place(SumContext<T>& at) = 0;
  /// Goes along the direction d, of the gradient g, by the lengths of the step.
  virtual void move(SumContext<T>& at, const T* g, const T* d, const Feasible<T>& set, Geometry<T>& geometry) = 0;
  /// The last point.
  virtual const T* current() const = 0;
  /// The points that an average is made of.
  virtual const T* averaged() const { return current(); }
};

/// Makes the answer of the points.
template <class T>
struct Averaging : SumPiece {
  virtual void add(SumContext<T>&, const Coupling<T>&) {}
  virtual const T* answer(const Coupling<T>& coupling) const { return coupling.current(); }
};

}  // namespace nonconvex
