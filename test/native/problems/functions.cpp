// Concepts of functions: a class meets those whose members it has, with the right arguments, and no other.
#include "problems/functions.hpp"

#include "check.hpp"

using namespace nonconvex;

namespace {

struct Values {
  int variables() const { return 2; }
  double value(In x) { return x[0] * x[0] + x[1]; }
};

struct Gradients : Values {
  double gradient(In x, Out g) {
    g[0] = 2 * x[0];
    g[1] = 1;
    return value(x);
  }
};

struct Products : Gradients {
  void hessianProduct(In v, Out out) {
    out[0] = 2 * v[0];
    out[1] = 0;
  }
};

struct Stages : Values {
  bool gradientThere(Out) { return true; }
};

/// A gradient that returns nothing.
struct NoValue : Values {
  void gradient(In, Out) {}
};

/// A gradient that wants a vector.
struct OwnVectors : Values {
  double gradient(const std::vector<double>&, std::vector<double>&) { return 0; }
};

struct Interval {
  double value(In) { return 0; }
  void prox(double, In x, Out out) { out[0] = x[0] < 0 ? 0 : x[0]; }
};

struct Rotation {
  int variables() const { return 2; }
  void apply(In x, Out out) {
    out[0] = -x[1];
    out[1] = x[0];
  }
};

static_assert(Sized<Values> && BlackBox<Values> && !Smooth<Values> && !SmoothInStages<Values> && !Map<Values>);
static_assert(Smooth<Gradients> && !Curved<Gradients>);
static_assert(Curved<Products> && Smooth<Products>);
static_assert(SmoothInStages<Stages> && !Smooth<Stages>);
static_assert(!Smooth<NoValue> && !Smooth<OwnVectors>);
static_assert(Proximal<Interval> && !Sized<Interval> && !Proximal<Values>);
static_assert(Map<Rotation> && !BlackBox<Rotation>);

/// The derivative of any smooth function along v.
template <Smooth F>
double alongDirection(F& f, In x, In v) {
  std::vector<double> g(x.size());
  f.gradient(x, g);
  double sum = 0;
  for (std::size_t i = 0; i < g.size(); ++i) sum += g[i] * v[i];
  return sum;
}

}  // namespace

TEST(aFunctionOfOneConceptIsCalledBySpans) {
  Products f;
  CHECK_EQ(alongDirection(f, std::vector<double>{3, 5}, std::vector<double>{1, -2}), 4.0);
}
