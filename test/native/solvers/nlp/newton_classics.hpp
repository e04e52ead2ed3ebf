// Classical problems with known minima.
//
// W. Hock, K. Schittkowski, "Test examples for nonlinear programming codes", Springer 1981 (hs); P. T. Boggs, J. W.
// Tolle, SIAM J. Numer. Anal. 26(3), 1989 (bt); L. Luksan, J. Vlcek, Technical Report 767, Prague 1999 (lukvle), here
// as CUTEst has them; the others: CUTE (I. Bongartz, A. R. Conn, N. Gould, P. L. Toint, ACM TOMS 21(1), 1995).
#pragma once

#include <algorithm>
#include <numbers>
#include <string>
#include <vector>

#include "expressions/expressions.hpp"

namespace classics {

using namespace expressions;

struct Classic {
  std::string name;
  std::vector<double> start;
  std::vector<double> minima;  ///< values of f at local minima
  nonconvex::Graph graph;
};

template <class F>
Classic classic(const char* name, std::vector<double> start, std::vector<double> minima, F&& formulas) {
  const int n = static_cast<int>(start.size());
  return {name, std::move(start), std::move(minima), graphOf(n, formulas)};
}

inline std::vector<double> repeated(int n, const std::vector<double>& pattern) {
  std::vector<double> out;
  for (int k = 0; k < n; ++k) out.push_back(pattern[static_cast<std::size_t>(k) % pattern.size()]);
  return out;
}

inline std::vector<Classic> small() {
  using std::numbers::pi;
  std::vector<Classic> all;
  all.push_back(classic("hs6", {-1.2, 1}, {0}, [](Variables x) {
    return Minimize{square(1 - x(1)), {10 * (x(2) - square(x(1)))}};
  }));
  all.push_back(classic("hs9", {0, 0}, {-0.5}, [](Variables x) {
    return Minimize{sin(pi / 12 * x(1)) * cos(pi / 16 * x(2)), {4 * x(1) - 3 * x(2)}};
  }));
  all.push_back(classic("hs28", {-4, 1, 1}, {0}, [](Variables x) {
    return Minimize{square(x(1) + x(2)) + square(x(2) + x(3)), {x(1) + 2 * x(2) + 3 * x(3) - 1}};
  }));
  all.push_back(classic("hs42", {1, 1, 1, 1}, {28 - 10 * std::sqrt(2.0)}, [](Variables x) {
    return Minimize{sum(1, 4, [&](int k) { return square(x(k) - k); }), {x(1) - 2, square(x(3)) + square(x(4)) - 2}};
  }));
  const double root2 = std::sqrt(2.0);
  all.push_back(classic("hs46", {root2 / 2, 1.75, 0.5, 2, 2}, {0}, [](Variables x) {
    return Minimize{square(x(1) - x(2)) + square(x(3) - 1) + pow(x(4) - 1, 4) + pow(x(5) - 1, 6),
                    {square(x(1)) * x(4) + sin(x(4) - x(5)) - 1, x(2) + pow(x(3), 4) * square(x(4)) - 2}};
  }));
  all.push_back(classic("hs49", {10, 7, 2, -3, 0.8}, {0}, [](Variables x) {
    return Minimize{square(x(1) - x(2)) + square(x(3) - 1) + pow(x(4) - 1, 4) + pow(x(5) - 1, 6),
                    {x(1) + x(2) + x(3) + 4 * x(4) - 7, x(3) + 5 * x(5) - 6}};
  }));
  all.push_back(classic("hs52", {2, 2, 2, 2, 2}, {1859.0 / 349}, [](Variables x) {
    return Minimize{square(4 * x(1) - x(2)) + square(x(2) + x(3) - 2) + square(x(4) - 1) + square(x(5) - 1),
                    {x(1) + 3 * x(2), x(3) + x(4) - 2 * x(5), x(2) - x(5)}};
  }));
  const double a = std::asin(std::sqrt(1 / 4.2)), b = std::asin(std::sqrt(5 / 7.2));
  all.push_back(classic("hs56", {1, 1, 1, a, a, a, b}, {-3.456}, [](Variables x) {
    return Minimize{-x(1) * x(2) * x(3),
                    {x(1) - 4.2 * square(sin(x(4))), x(2) - 4.2 * square(sin(x(5))), x(3) - 4.2 * square(sin(x(6))),
                     x(1) + 2 * x(2) + 2 * x(3) - 7.2 * square(sin(x(7)))}};
  }));
  all.push_back(classic("hs78", {-2, 1.5, 2, -1, -1}, {-2.91970041}, [](Variables x) {
    return Minimize{x(1) * x(2) * x(3) * x(4) * x(5),
                    {sum(1, 5, [&](int k) { return square(x(k)); }) - 10, x(2) * x(3) - 5 * x(4) * x(5),
                     pow(x(1), 3) + pow(x(2), 3) + 1}};
  }));
  all.push_back(classic("hs111lnp", repeated(10, {-2.3}), {-47.7610913}, [](Variables x) {
    const double c[] = {-6.089, -17.164, -34.054, -5.914, -24.721, -14.986, -24.1, -10.708, -26.662, -22.179};
    const Scalar total = log(sum(1, 10, [&](int k) { return exp(x(k)); }));
    return Minimize{sum(1, 10, [&](int k) { return exp(x(k)) * (c[k - 1] + x(k) - total); }),
                    {exp(x(1)) + 2 * exp(x(2)) + 2 * exp(x(3)) + exp(x(6)) + exp(x(10)) - 2,
                     exp(x(4)) + 2 * exp(x(5)) + exp(x(6)) + exp(x(7)) - 1,
                     exp(x(3)) + exp(x(7)) + exp(x(8)) + 2 * exp(x(9)) + exp(x(10)) - 1}};
  }));
  all.push_back(classic("bt1", {0.08, 0.06}, {-1}, [](Variables x) {
    const Scalar circle = square(x(1)) + square(x(2)) - 1;
    return Minimize{100 * circle - x(1), {circle}};
  }));
  all.push_back(classic("bt4", {3.1494, 1.4523, -3.6017}, {-45.5105523, -3.70476818, 3.28903774}, [](Variables x) {
    return Minimize{x(1) - x(2) + pow(x(2), 3),
                    {square(x(1)) + square(x(2)) + square(x(3)) - 25, x(1) + x(2) + x(3) - 1}};
  }));
  all.push_back(classic("bt7", {-2, 1, 1, 1, 1}, {306.5, 360.379767}, [](Variables x) {
    return Minimize{100 * square(x(2) - square(x(1))) + square(x(1) - 1),
                    {x(1) * x(2) - square(x(3)) - 1, square(x(2)) - square(x(4)) + x(1), square(x(5)) + x(1) - 0.5}};
  }));
  all.push_back(classic("bt12", {15.811, 1.5811, 0, 15.083, 3.7164}, {6.188118812}, [](Variables x) {
    return Minimize{
        0.01 * square(x(1)) + square(x(2)),
        {x(1) + x(2) - square(x(3)) - 25, square(x(1)) + square(x(2)) - square(x(4)) - 25, x(1) - square(x(5)) - 2}};
  }));
  all.push_back(classic("maratos", {1.1, 0.1}, {-1}, [](Variables x) {
    const Scalar circle = square(x(1)) + square(x(2)) - 1;
    return Minimize{1e-6 * circle - x(1), {circle}};
  }));
  all.push_back(classic("byrdsphr", {5, 0.0001, -0.0001}, {-4.68330013}, [](Variables x) {
    const Scalar rest = square(x(2)) + square(x(3)) - 9;
    return Minimize{-x(1) - x(2) - x(3), {square(x(1)) + rest, square(x(1) - 1) + rest}};
  }));
  return all;
}

/// f = 0, as many equations as unknowns.
inline std::vector<Classic> systems() {
  std::vector<Classic> all;
  all.push_back(classic("gottfr", {0.5, 0.5}, {0}, [](Variables x) {
    return Minimize{{}, {x(1) - 0.1136 * (x(1) + 3 * x(2)) * (1 - x(1)), x(2) + 7.5 * (2 * x(1) - x(2)) * (1 - x(2))}};
  }));
  all.push_back(classic("price4ne", {1.5, 1.5}, {0}, [](Variables x) {
    return Minimize{{}, {2 * pow(x(1), 3) * x(2) - pow(x(2), 3), 6 * x(1) - square(x(2)) + x(2)}};
  }));
  all.push_back(classic("powellsq", {3, 1}, {0}, [](Variables x) {
    return Minimize{{}, {square(x(1)), 10 * x(1) / (x(1) + 0.1) + 2 * square(x(2))}};
  }));
  all.push_back(classic("cubene", {-1.2, 1}, {0}, [](Variables x) {
    return Minimize{{}, {x(1) - 1, 10 * (x(2) - pow(x(1), 3))}};
  }));
  all.push_back(classic("rsnbrne", {-1.2, 1}, {0}, [](Variables x) {
    return Minimize{{}, {x(1) - 1, 10 * (x(2) - square(x(1)))}};
  }));
  all.push_back(classic("denschnc", {2, 3}, {0}, [](Variables x) {
    return Minimize{{}, {square(x(1)) + square(x(2)) - 2, exp(x(1) - 1) + pow(x(2), 3) - 2}};
  }));
  all.push_back(classic("denschnf", {2, 0}, {0}, [](Variables x) {
    return Minimize{{}, {2 * square(x(1) + x(2)) + square(x(1) - x(2)) - 8, 5 * square(x(1)) + square(x(2) - 3) - 9}};
  }));
  all.push_back(classic("himmelbc", {1, 1}, {0}, [](Variables x) {
    return Minimize{{}, {square(x(1)) + x(2) - 11, x(1) + square(x(2)) - 7}};
  }));
  all.push_back(classic("freuroth", {0.5, -2}, {0}, [](Variables x) {
    return Minimize{{}, {x(1) - 13 + ((5 - x(2)) * x(2) - 2) * x(2), x(1) - 29 + ((x(2) + 1) * x(2) - 14) * x(2)}};
  }));
  all.push_back(classic("box3", {0, 10, 20}, {0}, [](Variables x) {
    Minimize out;
    for (int k = 1; k <= 3; ++k) {
      const double t = 0.1 * k;
      out.c.push_back(exp(-t * x(1)) - exp(-t * x(2)) - x(3) * (std::exp(-t) - std::exp(-10 * t)));
    }
    return out;
  }));
  all.push_back(classic("broyden3d", repeated(100, {-1}), {0}, [](Variables x) {
    Minimize out;
    for (int k = 1; k <= 100; ++k) {
      Scalar c = (3 - 2 * x(k)) * x(k) + 1;
      if (k > 1) c = c - x(k - 1);
      if (k < 100) c = c - 2 * x(k + 1);
      out.c.push_back(c);
    }
    return out;
  }));
  all.push_back(classic("chandheq", repeated(50, {1}), {0}, [](Variables x) {
    Minimize out;
    constexpr int n = 50;
    for (int i = 1; i <= n; ++i) {
      const auto term = [&](int j) { return 0.9 / (2.0 * n) * i / (i + j) * (x(i) * x(j)); };
      out.c.push_back(x(i) - 1 - sum(1, n, term));
    }
    return out;
  }));
  all.push_back(classic("morebv", repeated(50, {-0.1}), {0}, [](Variables x) {
    Minimize out;
    constexpr int n = 50;
    const double h = 1.0 / (n + 1);
    for (int i = 1; i <= n; ++i) {
      Scalar c = 2 * x(i) + 0.5 * h * h * pow(x(i) + (1 + i * h), 3);
      if (i > 1) c = c - x(i - 1);
      if (i < n) c = c - x(i + 1);
      out.c.push_back(c);
    }
    return out;
  }));
  return all;
}

inline std::vector<Classic> chains() {
  std::vector<Classic> all;
  const auto rosenbrock = [](Variables x, int n) {
    return sum(1, n - 1, [&](int i) { return 100 * square(square(x(i)) - x(i + 1)) + square(x(i) - 1); });
  };
  const auto trigonometric = [](Variables x, int n) {
    std::vector<Scalar> c;
    for (int k = 1; k <= n - 2; ++k) {
      c.push_back(3 * pow(x(k + 1), 3) + 2 * x(k + 2) - 5 + sin(x(k + 1) - x(k + 2)) * sin(x(k + 1) + x(k + 2)) +
                  4 * x(k + 1) - x(k) * exp(x(k) - x(k + 1)) - 3);
    }
    return c;
  };
  for (const int n : {10, 200}) {
    all.push_back(classic("lukvle1", repeated(n, {-1.2, 1}), {6.23245863}, [&](Variables x) {
      return Minimize{rosenbrock(x, n), trigonometric(x, n)};
    }));
  }
  for (const int n : {10, 200}) {
    all.push_back(classic("lukvle3", repeated(n, {3, -1, 0, 1}), {}, [&](Variables x) {
      const auto powell = [&](int i) {
        return square(x(2 * i - 1) + 10 * x(2 * i)) + 5 * square(x(2 * i + 1) - x(2 * i + 2)) +
               pow(x(2 * i) - 2 * x(2 * i + 1), 4) + 10 * pow(x(2 * i - 1) - x(2 * i + 2), 4);
      };
      return Minimize{sum(1, n / 2 - 1, powell),
                      {3 * pow(x(1), 3) + 2 * x(2) - 5 + sin(x(1) - x(2)) * sin(x(1) + x(2)),
                       4 * x(n) - x(n - 1) * exp(x(n - 1) - x(n)) - 3}};
    }));
  }
  for (const int n : {9, 99}) {
    all.push_back(classic(
        "lukvle6", repeated(n, {3}), n == 9 ? std::vector{377.703136} : std::vector<double>{}, [&](Variables x) {
          const auto term = [&](int i) {
            const auto near = [&](int j) { return x(j) * (1 + x(j)); };
            return pow(abs((2 + 5 * square(x(i))) * x(i) + 1 + sum(std::max(1, i - 5), std::min(n, i + 1), near)),
                       7.0 / 3);
          };
          Minimize out{sum(1, n, term), {}};
          for (int k = 1; k <= n / 2; ++k) {
            out.c.push_back(4 * x(2 * k) - (x(2 * k - 1) - x(2 * k + 1)) * exp(x(2 * k - 1) - x(2 * k) - x(2 * k + 1)) -
                            3);
          }
          return out;
        }));
  }
  all.push_back(classic("lukvle10", repeated(10, {-1, 1}), {3.11516025}, [](Variables x) {
    constexpr int n = 10;
    const auto brown = [&](int i) {
      return pow(square(x(2 * i - 1)), 1.0) * 0 + exp((square(x(2 * i)) + 1) * log(square(x(2 * i - 1)))) +
             exp((square(x(2 * i - 1)) + 1) * log(square(x(2 * i))));
    };
    Minimize out{sum(1, n / 2, brown), {}};
    for (int k = 1; k <= n - 2; ++k) {
      out.c.push_back((3 - 2 * x(k + 1)) * x(k + 1) + 1 - x(k) - 2 * x(k + 2));
    }
    return out;
  }));
  all.push_back(classic("lukvle11", repeated(8, {1, 2, 2, 2, 2}), {0}, [](Variables x) {
    Minimize out{square(x(1) - x(2)) + pow(x(2) - x(3), 2) + pow(x(3) - x(4), 4) + pow(x(4) - x(5), 2), {}};
    out.f = out.f + square(x(4) - x(5)) + square(x(5) - x(6)) + pow(x(6) - x(7), 4) + pow(x(7) - x(8), 2);
    out.c = {x(1) + square(x(2)) + square(x(3)) - 3, x(2) - square(x(3)) + x(4) - 1,
             x(4) + square(x(5)) + square(x(6)) - 3, x(5) - square(x(6)) + x(7) - 1};
    return out;
  }));
  return all;
}

}  // namespace classics
