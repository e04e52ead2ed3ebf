// The functions that a method can be called with: concepts, named after the part that the method needs.
#pragma once

#include <concepts>
#include <span>

namespace nonconvex {

using In = std::span<const double>;
using Out = std::span<double>;

/// A function of `variables()` numbers.
template <class F>
concept Sized = requires(const F& f) {
  { f.variables() } -> std::convertible_to<int>;
};

/// f(x) alone: `value(x)`. NaN and infinity say that f is not defined at x.
template <class F>
concept BlackBox = Sized<F> && requires(F& f, In x) {
  { f.value(x) } -> std::convertible_to<double>;
};

/// f with its gradient: `gradient(x, g)` sets g and returns f(x).
template <class F>
concept Smooth = BlackBox<F> && requires(F& f, In x, Out g) {
  { f.gradient(x, g) } -> std::convertible_to<double>;
};

/// f whose gradient at the point of the last `value(x)` can be had alone: `gradientThere(g)`, which returns false where
/// an entry is not finite. Searches that refuse a point by its value save the gradient.
template <class F>
concept SmoothInStages = BlackBox<F> && requires(F& f, Out g) {
  { f.gradientThere(g) } -> std::same_as<bool>;
};

/// A point with f and its gradient there.
struct SmoothPoint {
  In x;
  double f;
  In g;
};

/// f with products with its Hessian: `hessianProduct(v, out)`, at the point of the last gradient.
template <class F>
concept Curved = Smooth<F> && requires(F& f, In v, Out out) {
  f.hessianProduct(v, out);
};

/// p with its proximal step: `prox(t, x, out)` sets out to the minimiser over z of t p(z) + 1/2 ||z - x||^2. `out` may
/// be x. Where p is not finite, `value(x)` is infinity.
template <class P>
concept Proximal = requires(P& p, In x, Out out, double t) {
  { p.value(x) } -> std::convertible_to<double>;
  p.prox(t, x, out);
};

/// F from n numbers to n numbers, without a known potential: `apply(x, out)`. Variational inequalities have one.
template <class F>
concept Map = Sized<F> && requires(F& f, In x, Out out) {
  f.apply(x, out);
};

}  // namespace nonconvex
