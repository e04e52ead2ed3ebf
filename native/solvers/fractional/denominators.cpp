// Denominators.
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "core/error.hpp"
#include "linalg/blas.hpp"
#include "solvers/fractional/common_terms.hpp"
#include "solvers/fractional/quadratic_term.hpp"
#include "solvers/fractional/terms.hpp"

namespace nonconvex {
namespace {

using Kind = FractionalTerm::Kind;
using Shape = LineDenominator::Kind;

/// weight ||x||^2 (the weight is in `scale`), or ||x||.
class NormTwo final : public DenominatorTerm {
 public:
  NormTwo(const FractionalTermData& data, int n) : NormTwo(data.term, data.term.kind == Kind::sumSquares, n) {}
  static void read(TermReader& in) {
    if (in.term().kind == Kind::sumSquares) return in.requirePositive(in.term().weight, "weight");
    in.requireScaleAndShift();
  }
  void restart(const double* x) override {
    square_ = 0;
    for (int i = 0; i < n_; ++i) square_ += x[i] * x[i];
    evaluate();
  }
  const LineDenominator& restrictTo(int, double xi) override {
    along_.q[1] = 2 * xi;
    along_.q[0] = std::max(square_, xi * xi);
    return along_;
  }
  void move(int, double xi, double t, int) override {
    const double others = std::max(0.0, square_ - xi * xi);
    square_ = others + (xi + t) * (xi + t);
    evaluate();
  }
  const LineDenominator& restrictToRay(const double*) override { return homogeneousRay(); }

 private:
  NormTwo(const FractionalTerm& term, bool squared, int n)
      : DenominatorTerm(squared ? Shape::quadratic : Shape::sqrtQuadratic, squared ? 2 : 1,
                        squared ? term.weight : term.scale, squared ? term.constant : term.shift),
        squared_(squared),
        n_(n) {
    along_.q[2] = 1;
  }
  void evaluate() { inner_ = squared_ ? square_ : std::sqrt(square_); }

  bool squared_;
  int n_;
  double square_ = 0;
};

class NormTwoOfProduct final : public NormOfProduct {
 public:
  explicit NormTwoOfProduct(const FractionalTermData& data)
      : NormOfProduct(data, Shape::sqrtQuadratic, Shape::quadratic), squaredNorms_(data.curvature) {}
  const LineDenominator& restrictTo(int i, double) override {
    along_.q[2] = squaredNorms_[static_cast<std::size_t>(i)];
    along_.q[1] = 2 * A_.dot(i, r_.data());
    along_.q[0] = square_;
    return along_;
  }
  void move(int i, double, double t, int) override {
    A_.axpy(i, t, r_.data());
    const double before = std::exchange(square_, square_ + (along_.q[2] * t + along_.q[1]) * t);
    if (cancelled(before, square_)) square_ = sumOfSquares(r_);
    inner_ = squared_ ? square_ : std::sqrt(square_);
  }

 private:
  void evaluate() override {
    square_ = sumOfSquares(r_);
    inner_ = squared_ ? square_ : std::sqrt(square_);
  }
  const std::vector<double>& squaredNorms_;
  double square_ = 0;
};

class NormInfOfProduct final : public NormOfProduct {
 public:
  explicit NormInfOfProduct(const FractionalTermData& data)
      : NormOfProduct(data, Shape::affineMax, Shape::affineMaxSquared), column_(A_.sparse() ? r_.size() : 0) {
    along_.pieces = A_.rows();
    along_.symmetric = true;
    along_.gamma = r_.data();
  }
  const LineDenominator& restrictTo(int i, double) override {
    if (A_.sparse()) {
      std::fill(column_.begin(), column_.end(), 0.0);
      A_.axpy(i, 1, column_.data());
      along_.phi = column_.data();
    } else {
      along_.phi = A_.dense().column(i);
    }
    return along_;
  }
  void move(int i, double, double t, int) override {
    A_.axpy(i, t, r_.data());
    evaluate();
  }

 private:
  void evaluate() override {
    inner_ = 0;
    for (const double r : r_) inner_ = std::max(inner_, std::abs(r));
    if (squared_) inner_ *= inner_;
  }
  std::vector<double> column_;  // a column of a sparse matrix, with its zeros
};

class NormOneOfProduct final : public NormOfProduct {
 public:
  explicit NormOneOfProduct(const FractionalTermData& data)
      : NormOfProduct(data, Shape::affineMax, Shape::affineMaxSquared),
        breaks_(r_.size()),
        phi_(r_.size() + 1),
        gamma_(r_.size() + 1) {
    along_.phi = phi_.data();
    along_.gamma = gamma_.data();
  }
  /// The pieces between the points where an entry of A x changes its sign, from left to right.
  const LineDenominator& restrictTo(int i, double) override {
    std::size_t count = 0;
    double constant = norm_;
    double phi = 0;
    double gamma = 0;
    A_.forEntries(i, [&](int row, double a) {
      if (a == 0) return;
      const double r = r_[static_cast<std::size_t>(row)];
      constant -= std::abs(r);
      const double sign = a > 0 ? 1 : -1;
      phi -= std::abs(a);
      gamma -= sign * r;
      breaks_[count++] = {-r / a, std::abs(a), sign * r};
    });
    std::sort(breaks_.begin(), breaks_.begin() + static_cast<std::ptrdiff_t>(count),
              [](const Break& a, const Break& b) { return a.t < b.t; });
    gamma += std::max(0.0, constant);
    phi_[0] = phi;
    gamma_[0] = gamma;
    for (std::size_t k = 0; k < count; ++k) {
      phi_[k + 1] = phi += 2 * breaks_[k].slope;
      gamma_[k + 1] = gamma += 2 * breaks_[k].value;
    }
    along_.pieces = static_cast<int>(count) + 1;
    return along_;
  }
  void move(int i, double, double t, int) override {
    A_.axpy(i, t, r_.data());
    evaluate();
  }

 private:
  struct Break {
    double t, slope, value;
  };
  void evaluate() override {
    norm_ = 0;
    for (const double r : r_) norm_ += std::abs(r);
    inner_ = squared_ ? norm_ * norm_ : norm_;
  }
  double norm_ = 0;
  std::vector<Break> breaks_;
  std::vector<double> phi_, gamma_;
};

/// 1/2 x^T B x + c . x + constant
class QuadraticDenominator final : public DenominatorTerm {
 public:
  explicit QuadraticDenominator(const FractionalTermData& data)
      : DenominatorTerm(Shape::quadratic, data.c.empty() ? 2 : 0, 1, data.term.constant),
        form_(data),
        curvature_(data.curvature) {
    ray_.kind = Shape::quadratic;
  }
  static void read(TermReader& in) { QuadraticTerm::read(in); }
  void restart(const double* x) override {
    form_.restart(x);
    inner_ = form_.value();
  }
  const LineDenominator& restrictTo(int i, double xi) override {
    parabola_ = form_.restrictTo(i, xi);
    along_.q[2] = parabola_.a / 2;
    along_.q[1] = parabola_.b;
    along_.q[0] = inner_;
    return along_;
  }
  void move(int i, double, double t, int) override {
    form_.move(i, t, parabola_, -1);
    inner_ = form_.value();
  }
  const LineDenominator& restrictToRay(const double* x) override {
    const Parabola p = form_.restrictToRay(x);
    ray_.q[2] = p.a / 2;
    ray_.q[1] = p.b;
    ray_.q[0] = inner_;
    return ray_;
  }
  void scale(double factor, const double* x) override {
    form_.scale(factor, x);
    inner_ = form_.value();
  }

 private:
  QuadraticTerm form_;
  const std::vector<double>& curvature_;
  Parabola parabola_;
};

/// c . x + constant, or its square on the side where it is positive.
class Linear final : public DenominatorTerm {
 public:
  explicit Linear(const FractionalTermData& data)
      : DenominatorTerm(data.term.kind == Kind::linear ? Shape::affineMax : Shape::affineMaxSquared,
                        data.term.constant != 0          ? 0
                        : data.term.kind == Kind::linear ? 1
                                                         : 2,
                        1, 0),
        c_(data.c),
        constant_(data.term.constant) {
    along_.pieces = ray_.pieces = 1;
    along_.phi = &phi_;
    along_.gamma = &linear_;
    ray_.kind = along_.kind;
    ray_.phi = &rayPhi_;
    ray_.gamma = &linear_;
  }
  static void read(TermReader& in) { in.takeLinear("c"); }
  void restart(const double* x) override {
    linear_ = constant_ + blas::dot(static_cast<int>(c_.size()), c_.data(), x);
    evaluate();
  }
  const LineDenominator& restrictTo(int i, double) override {
    phi_ = c_[static_cast<std::size_t>(i)];
    return along_;
  }
  void move(int, double, double t, int) override {
    linear_ += t * phi_;
    evaluate();
  }
  const LineDenominator& restrictToRay(const double*) override {
    rayPhi_ = linear_ - constant_;
    return ray_;
  }

 private:
  /// Evaluates g, which is not positive where the linear part is not: such a point is refused as a start.
  void evaluate() { inner_ = along_.kind == Shape::affineMax ? linear_ : linear_ * std::max(0.0, linear_); }

  const std::vector<double>& c_;
  double constant_;
  double linear_ = 0;
  double phi_ = 0;
  double rayPhi_ = 0;
};

/// weight sqrt(u + epsilon)
struct Sqrt {
  static void read(TermReader& in) {
    in.takeLinear("epsilon");
    in.takeWeights("weights");
  }
  static LineConcave::Value at(const FractionalTermData& data, std::size_t i, double u) {
    const double root = std::sqrt(u + data.c[i]);
    return {data.weights[i] * root, data.weights[i] * 0.5 / root};
  }
};
/// weight log(1 + h u)
struct Log {
  static void read(TermReader& in) {
    in.takeLinear("h");
    in.takeWeights("weights");
  }
  static LineConcave::Value at(const FractionalTermData& data, std::size_t i, double u) {
    const double h = data.c[i];
    return {data.weights[i] * std::log1p(h * u), data.weights[i] * h / (1 + h * u)};
  }
};
struct Custom {
  static void read(TermReader& in) {
    require(in.term().phi && in.term().derivative, in.term().name, "separable",
            "expected functions `value` and `derivative`");
  }
  static LineConcave::Value at(const FractionalTermData& data, std::size_t i, double u) {
    const int index = static_cast<int>(i);
    const LineConcave::Value here = {data.term.phi(index, u), data.term.derivative(index, u)};
    // Without it no point is better than any other, and the start would pass for the solution.
    if (std::isfinite(here.value) && std::isnan(here.derivative)) {
      throw Error(ErrorKind::solver,
                  data.term.name + ".derivative(" + show(u) + ", " + show(index) +
                      ") = NaN: expected a number where value is finite",
                  "CALLBACK_FAILED");
    }
    return here;
  }
};

/// sum_i phi_i(x_i) + shift, each phi_i concave.
template <class Phi>
class ConcaveSum final : public DenominatorTerm {
 public:
  ConcaveSum(const FractionalTermData& data, int n)
      : DenominatorTerm(Shape::concave, 0, 1, 0),
        data_(data),
        phi_(static_cast<std::size_t>(n)),
        coordinate_(*this),
        whole_(*this) {
    along_.concave = &coordinate_;
    ray_.kind = Shape::concave;
    ray_.concave = &whole_;
  }
  static void read(TermReader& in) {
    Phi::read(in);
    in.requireFinite(in.term().shift, "shift");
  }
  void restart(const double* x) override {
    inner_ = data_.term.shift;
    for (std::size_t i = 0; i < phi_.size(); ++i) inner_ += phi_[i] = Phi::at(data_, i, x[i]).value;
  }
  const LineDenominator& restrictTo(int i, double xi) override {
    coordinate_.i = static_cast<std::size_t>(i);
    coordinate_.x = xi;
    coordinate_.rest = inner_ - phi_[coordinate_.i];
    return along_;
  }
  void move(int i, double xi, double t, int) override {
    double& phi = phi_[static_cast<std::size_t>(i)];
    inner_ -= phi;
    inner_ += phi = Phi::at(data_, static_cast<std::size_t>(i), xi + t).value;
  }
  const LineDenominator& restrictToRay(const double* x) override {
    whole_.x = x;
    return ray_;
  }

 private:
  struct Coordinate final : LineConcave {
    explicit Coordinate(const ConcaveSum& sum) : of(sum) {}
    Value at(double t) const override {
      const Value phi = Phi::at(of.data_, i, x + t);
      return {rest + phi.value, phi.derivative};
    }
    const ConcaveSum& of;
    std::size_t i = 0;
    double x = 0;
    double rest = 0;
  };
  struct Ray final : LineConcave {
    explicit Ray(const ConcaveSum& sum) : of(sum) {}
    Value at(double t) const override {
      Value sum{of.data_.term.shift, 0};
      for (std::size_t i = 0; i < of.phi_.size(); ++i) {
        if (x[i] == 0) {
          sum.value += of.phi_[i];
          continue;
        }
        const Value phi = Phi::at(of.data_, i, x[i] + t * x[i]);
        sum.value += phi.value;
        sum.derivative += phi.derivative * x[i];
      }
      return sum;
    }
    const ConcaveSum& of;
    const double* x = nullptr;
  };

  const FractionalTermData& data_;
  std::vector<double> phi_;  // phi_i(x_i)
  Coordinate coordinate_;
  Ray whole_;
};

/// f.operator()<T>() with the class T of a denominator.
template <class F>
decltype(auto) visitDenominator(const FractionalTerm& term, int n, F&& f) {
  switch (term.kind) {
    case Kind::norm1:
      return f.template operator()<NormOne>();
    case Kind::normInf:
      return f.template operator()<TopK>();
    case Kind::topK:
      return term.k == n ? f.template operator()<NormOne>() : f.template operator()<TopK>();
    case Kind::norm2:
    case Kind::sumSquares:
      return f.template operator()<NormTwo>();
    case Kind::lpNorm:
      if (term.p == 1) return f.template operator()<NormOneOfProduct>();
      if (term.p == 2) return f.template operator()<NormTwoOfProduct>();
      if (term.p == 4) return f.template operator()<NormFourOfProduct>();
      return f.template operator()<NormInfOfProduct>();
    case Kind::quadratic:
      return f.template operator()<QuadraticDenominator>();
    case Kind::linear:
    case Kind::affineSquared:
      return f.template operator()<Linear>();
    case Kind::sumSqrt:
      return f.template operator()<ConcaveSum<Sqrt>>();
    case Kind::sumLog:
      return f.template operator()<ConcaveSum<Log>>();
    case Kind::separable:
      return f.template operator()<ConcaveSum<Custom>>();
    default:
      return f.template operator()<NoDenominator>();
  }
}

}  // namespace

void readDenominator(TermReader& in) {
  visitDenominator(in.term(), in.n(), [&]<class Term>() { Term::read(in); });
}

std::unique_ptr<DenominatorTerm> makeDenominator(const FractionalTermData& data, int n) {
  return visitDenominator(data.term, n, [&]<class Term>() -> std::unique_ptr<DenominatorTerm> {
    if constexpr (std::is_constructible_v<Term, const FractionalTermData&, int>) {
      return std::make_unique<Term>(data, n);
    } else if constexpr (std::is_constructible_v<Term, const FractionalTermData&>) {
      return std::make_unique<Term>(data);
    } else {
      return std::make_unique<Term>();
    }
  });
}

}  // namespace nonconvex
