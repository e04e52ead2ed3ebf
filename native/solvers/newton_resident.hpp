// Newton's method on the host, with what is large where the linear algebra computes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/constrained_objective.hpp"
#include "model/glm_objective.hpp"
#include "solvers/newton.hpp"
#include "solvers/newton_device.hpp"
#include "solvers/newton_problem.hpp"
#include "solvers/newton_resident_exact.hpp"
#include "solvers/newton_resident_sketch.hpp"

namespace nonconvex {

/// What Newton's method, on the host, has on `La`.
template <LinAlg La>
class ResidentNewton final : public NewtonDevice {
 public:
  /// As ResidentHessian has it.
  ResidentNewton(const La& la, const Oracle& oracle, ResidentGlm<La>* regression, Oracle* entries)
      : la_(la), jacobian_(oracle.jacobianPattern()), hessian_(la, oracle.variables(), regression, entries) {}

  double evaluate(double sigma, std::span<const double> weights) override { return hessian_.evaluate(sigma, weights); }
  double evaluateEarlier(double accuracy, double sigma, std::span<const double> weights) override {
    return hessian_.evaluateEarlier(accuracy, sigma, weights);
  }
  double evaluateBound(double sigma, std::span<const double> weights) override {
    return hessian_.evaluateBound(sigma, weights);
  }
  void multiply(std::span<const double> v, std::span<double> out) override { hessian_.multiply(v, out); }
  std::unique_ptr<InnerSolver> exactInner() override {
    return std::make_unique<ResidentExact<La>>(la_, hessian_, jacobian_);
  }
  int gramRows() const override { return hessian_.regression() == nullptr ? 0 : hessian_.regression()->rows(); }
  std::unique_ptr<SketchedHessian> sketchedHessian(const NewtonModel& model, const NewtonSettings& settings) override {
    return std::make_unique<ResidentSketch<La>>(la_, model, hessian_, settings);
  }

 private:
  const La& la_;
  const SparsePattern& jacobian_;
  ResidentHessian<La> hessian_;
};

/// A problem as it was given, with its Hessian, and the data of a regression, on `La`.
template <LinAlg La>
class ResidentProblem {
 public:
  /// Throws DEVICE_UNAVAILABLE for problems that only the CPU solves. `la` must outlive this.
  ResidentProblem(const La& la, const NewtonProblem& given) : problem_(given) {
    if (!given.oracle) throw Error(ErrorKind::type, "oracle: expected functions");
    const auto* parts = dynamic_cast<const ConstrainedObjective*>(given.oracle.get());
    const auto* glm = parts == nullptr ? nullptr : dynamic_cast<const GlmObjective*>(&parts->objectivePart());
    if (glm == nullptr) {
      requireDense(*given.oracle);
      device_.emplace(la, *given.oracle, nullptr, given.oracle.get());
    } else {
      if (!glm->data()->dense()) refuse("a regression with sparse data is");
      auto objective = std::make_unique<ResidentGlm<La>>(la, glm->data(), glm->dense());
      ResidentGlm<La>* const regression = objective.get();
      problem_.oracle = std::make_shared<ConstrainedObjective>(std::move(objective), parts->constraintPart());
      device_.emplace(la, *problem_.oracle, regression, parts->constraintPart().get());
    }
    problem_.device = &*device_;
  }
  ResidentProblem(const ResidentProblem&) = delete;
  ResidentProblem& operator=(const ResidentProblem&) = delete;

  const NewtonProblem& problem() const { return problem_; }

 private:
  [[noreturn]] static void refuse(const std::string& what) {
    throw Error(ErrorKind::solver, what + " solved on the CPU alone; a GPU works on dense data", "DEVICE_UNAVAILABLE");
  }
  static void requireDense(const Oracle& oracle) {
    const std::size_t nonzeros = oracle.hessianPattern().nonzeros();
    if (worthDense(oracle.variables(), nonzeros)) return;
    refuse("a problem with a sparse Hessian (" + show(nonzeros) + " entries for " + show(oracle.variables()) +
           " variables) is");
  }

  NewtonProblem problem_;
  std::optional<ResidentNewton<La>> device_;
};

/// To the end, on `la`.
template <LinAlg La>
Solved<NewtonSolution> solveOn(const La& la, const NewtonProblem& problem, const NewtonSettings& settings,
                               Monitor& monitor) {
  requireOnDevice(settings);
  const ResidentProblem<La> resident(la, problem);
  const Cpu host(nullptr, 1, &monitor);
  NewtonSolver<Cpu> solver(host, resident.problem(), settings);
  Outcome outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace nonconvex
