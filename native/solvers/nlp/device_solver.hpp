// Newton's method on the host, with what is large where the linear algebra computes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "methods/kkt/device_kkt.hpp"
#include "methods/kkt/device_sketch.hpp"
#include "methods/kkt/kkt_device.hpp"
#include "problems/constrained_objective.hpp"
#include "problems/glm/objective.hpp"
#include "solvers/nlp/problem.hpp"
#include "solvers/nlp/solver.hpp"

namespace nonconvex {

/// The Hessian and the solvers that Newton's method, on the host, has on `La`.
template <LinAlg La>
class DeviceNlpSolver final : public KktDevice {
 public:
  /// The Hessian of f is that of `regression`, or where that is null, of `entries`; those of the constraints are of
  /// `entries`. All must outlive this.
  DeviceNlpSolver(const La& la, const Nlp& nlp, DeviceGlm<La>* regression, Nlp* entries)
      : la_(la), jacobian_(nlp.jacobianPattern()), hessian_(la, nlp.variables(), regression, entries) {}

  double evaluate(double sigma, std::span<const double> weights) override { return hessian_.evaluate(sigma, weights); }
  void multiply(std::span<const double> v, std::span<double> out) override { hessian_.multiply(v, out); }
  std::unique_ptr<KktSolver> factoredKkt() override {
    return std::make_unique<DeviceKkt<La>>(la_, hessian_, jacobian_);
  }
  int gramRows() const override { return hessian_.regression() == nullptr ? 0 : hessian_.regression()->rows(); }
  std::unique_ptr<SketchedHessian> sketchedHessian(const ScaledNlp& model, const KktSettings& settings) override {
    return std::make_unique<DeviceSketch<La>>(la_, model, hessian_, settings);
  }

 private:
  const La& la_;
  const SparsePattern& jacobian_;
  DeviceHessian<La> hessian_;
};

/// A problem as it was given, with its Hessian, and the data of a regression, on `La`.
template <LinAlg La>
class DeviceProblem {
 public:
  /// Throws DEVICE_UNAVAILABLE for problems that only the CPU solves. `la` must outlive this.
  DeviceProblem(const La& la, const NlpProblem& given) : problem_(given) {
    const std::shared_ptr<Nlp> nlp = given.nlp.open();
    const auto* parts = nlp->find<ConstrainedObjective>();
    const auto* glm = nlp->find<GlmObjective>();
    if (parts == nullptr || glm == nullptr) {
      requireDense(*nlp);
      device_.emplace(la, *nlp, nullptr, nlp.get());
      problem_.nlp = nlp;
    } else {
      if (!glm->data()->dense()) refuse("a regression with sparse data is");
      auto objective = std::make_unique<DeviceGlm<La>>(la, glm->data(), glm->dense());
      DeviceGlm<La>* const regression = objective.get();
      const auto onDevice = std::make_shared<ConstrainedObjective>(std::move(objective), parts->constraintPart());
      problem_.nlp = onDevice;
      device_.emplace(la, *onDevice, regression, parts->constraintPart().get());
    }
    problem_.device = &*device_;
  }
  DeviceProblem(const DeviceProblem&) = delete;
  DeviceProblem& operator=(const DeviceProblem&) = delete;

  const NlpProblem& problem() const { return problem_; }

 private:
  [[noreturn]] static void refuse(const std::string& what) {
    throw Error(ErrorKind::solver, what + " solved on the CPU alone; a GPU works on dense data", "DEVICE_UNAVAILABLE");
  }
  static void requireDense(const Nlp& nlp) {
    const std::size_t nonzeros = nlp.hessianPattern().nonzeros();
    if (worthDense(nlp.variables(), nonzeros)) return;
    refuse("a problem with a sparse Hessian (" + show(nonzeros) + " entries for " + show(nlp.variables()) +
           " variables) is");
  }

  NlpProblem problem_;
  std::optional<DeviceNlpSolver<La>> device_;
};

/// Runs Newton's method until a status is reached, with what is large on `la`.
template <LinAlg La>
Solved<NlpSolution> solveOn(const La& la, const NlpProblem& problem, const NlpSettings& settings, Monitor& monitor) {
  requireOnDevice(settings);
  const DeviceProblem<La> onDevice(la, problem);
  const Cpu host(nullptr, 1, &monitor);
  NlpSolver solver(host, onDevice.problem(), settings);
  auto outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace nonconvex
