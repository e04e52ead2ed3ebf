// Ipopt by its C interface on a program of ours, so that both have the same derivatives.
#pragma once

#include <IpStdCInterface.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench.hpp"
#include "problems/bounded_nlp.hpp"

namespace nonconvex::bench {

struct IpoptRun {
  double seconds = 0;
  double derivatives = 0;  ///< seconds in callbacks
  int iterations = 0, hessians = 0;
  int status = 0;  ///< Ipopt's ApplicationReturnStatus
  std::vector<double> x, multipliers;

  bool optimal() const { return status == Solve_Succeeded || status == Feasible_Point_Found; }
};

class Ipopt {
 public:
  /// The program under the bounds given; those that are empty: x is free, c(x) = 0.
  Ipopt(Nlp& program, const std::vector<double>& start, const GivenBounds& bounds, int maxIterations, double tolerance,
        double timeLimit = 1e20)
      : program_(program), start_(start) {
    const auto n = static_cast<std::size_t>(program.variables()), m = static_cast<std::size_t>(program.constraints());
    std::vector<double> low = boundsOf(bounds.lower, n, -infinite), high = boundsOf(bounds.upper, n, infinite);
    std::vector<double> least = boundsOf(bounds.constraintLower, m, 0), most = boundsOf(bounds.constraintUpper, m, 0);
    problem_ = CreateIpoptProblem(program.variables(), low.data(), high.data(), program.constraints(), least.data(),
                                  most.data(), static_cast<int>(program.jacobianPattern().nonzeros()),
                                  static_cast<int>(program.hessianPattern().nonzeros()), 0, objective, constraints,
                                  gradient, jacobian, hessian);
    if (problem_ == nullptr) throw std::runtime_error("Ipopt refused the problem");
    const auto text = [&](std::string name, std::string value) {
      if (!AddIpoptStrOption(problem_, name.data(), value.data())) throw std::invalid_argument(name);
    };
    const auto integer = [&](std::string name, int value) {
      if (!AddIpoptIntOption(problem_, name.data(), value)) throw std::invalid_argument(name);
    };
    text("sb", "yes");  // no banner
    text("option_file_name", "");
    text("linear_solver", "mumps");
    integer("print_level", 0);
    integer("max_iter", maxIterations);
    const auto number = [&](std::string name, double value) {
      if (!AddIpoptNumOption(problem_, name.data(), value)) throw std::invalid_argument(name);
    };
    number("tol", tolerance);
    number("max_wall_time", timeLimit);
    SetIntermediateCallback(problem_, report);
  }
  ~Ipopt() { FreeIpoptProblem(problem_); }
  Ipopt(const Ipopt&) = delete;
  Ipopt& operator=(const Ipopt&) = delete;

  IpoptRun solve() {
    IpoptRun run;
    run.x = start_;
    run.multipliers.resize(static_cast<std::size_t>(program_.constraints()));
    inCallbacks_ = 0;
    hessians_ = iterations_ = 0;
    const Stopwatch watch;
    run.status = IpoptSolve(problem_, run.x.data(), nullptr, nullptr, run.multipliers.data(), nullptr, nullptr, this);
    run.seconds = watch.seconds();
    run.derivatives = inCallbacks_;
    run.iterations = iterations_;
    run.hessians = hessians_;
    return run;
  }

 private:
  static constexpr double infinite = 1e20;

  static std::vector<double> boundsOf(const std::vector<double>& given, std::size_t size, double otherwise) {
    if (given.empty()) return std::vector<double>(size, otherwise);
    std::vector<double> bounds = given;
    for (double& bound : bounds) bound = std::clamp(bound, -infinite, infinite);
    return bounds;
  }

  template <class F>
  static bool timed(void* self, bool moved, double* x, F&& f) {
    auto& ipopt = *static_cast<Ipopt*>(self);
    const Stopwatch watch;
    if (moved) ipopt.program_.moveTo({x, static_cast<std::size_t>(ipopt.program_.variables())});
    const bool finite = f(ipopt.program_);
    ipopt.inCallbacks_ += watch.seconds();
    return finite;
  }
  static bool finite(const double* values, int count) {
    return std::all_of(values, values + count, [](double value) { return std::isfinite(value); });
  }
  /// Lines are rows of the Jacobian, or columns of the lower triangle of the Hessian.
  static void writeEntries(const SparsePattern& pattern, int* lines, int* indices) {
    for (int l = 0; l < pattern.lines; ++l) {
      for (const int index : pattern.line(l)) {
        *lines++ = l;
        *indices++ = index;
      }
    }
  }

  static bool objective(int, double* x, bool moved, double* f, void* self) {
    return timed(self, moved, x, [&](Nlp& p) {
      *f = p.objective();
      return std::isfinite(*f);
    });
  }
  static bool gradient(int n, double* x, bool moved, double* g, void* self) {
    return timed(self, moved, x, [&](Nlp& p) {
      p.gradient({g, static_cast<std::size_t>(n)});
      return finite(g, n);
    });
  }
  static bool constraints(int, double* x, bool moved, int m, double* c, void* self) {
    return timed(self, moved, x, [&](Nlp& p) {
      p.constraintValues({c, static_cast<std::size_t>(m)});
      return finite(c, m);
    });
  }
  static bool jacobian(int, double* x, bool moved, int, int entries, int* rows, int* columns, double* values,
                       void* self) {
    if (values == nullptr) {
      writeEntries(static_cast<Ipopt*>(self)->program_.jacobianPattern(), rows, columns);
      return true;
    }
    return timed(self, moved, x, [&](Nlp& p) {
      p.jacobian({values, static_cast<std::size_t>(entries)});
      return finite(values, entries);
    });
  }
  static bool hessian(int, double* x, bool moved, double sigma, int m, double* lambda, bool, int entries, int* rows,
                      int* columns, double* values, void* self) {
    if (values == nullptr) {
      writeEntries(static_cast<Ipopt*>(self)->program_.hessianPattern(), columns, rows);
      return true;
    }
    ++static_cast<Ipopt*>(self)->hessians_;
    return timed(self, moved, x, [&](Nlp& p) {
      p.hessian(sigma, {lambda, static_cast<std::size_t>(m)}, {values, static_cast<std::size_t>(entries)});
      return finite(values, entries);
    });
  }
  static bool report(int, int iteration, double, double, double, double, double, double, double, double, int,
                     void* self) {
    static_cast<Ipopt*>(self)->iterations_ = iteration;
    return true;
  }

  Nlp& program_;
  const std::vector<double>& start_;
  IpoptProblem problem_;
  double inCallbacks_ = 0;
  int iterations_ = 0;
  int hessians_ = 0;
};

}  // namespace nonconvex::bench
