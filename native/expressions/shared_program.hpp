// A model that many solves share, each with an evaluator of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "expressions/nl/reader.hpp"
#include "expressions/program.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

/// Compiles its graph when the first evaluator is needed. Threads may share it.
class SharedProgram {
 public:
  explicit SharedProgram(NlModel model) : model_(std::move(model)) {}

  const NlModel& model() const { return model_; }
  const Graph& graph() const { return model_.graph; }
  /// About what the graph and one evaluator take.
  std::size_t bytes() const;

  std::unique_ptr<Program> take();
  void giveBack(std::unique_ptr<Program> program);

 private:
  NlModel model_;
  std::once_flag isCompiled_;
  std::shared_ptr<const CompiledModel> compiled_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Program>> idle_;  // guarded by mutex_
};

/// An evaluator of a shared program, taken when first asked for values and given back at the end.
class BorrowedProgram final : public Nlp {
 public:
  BorrowedProgram(std::shared_ptr<SharedProgram> shared, std::span<const double> parameters)
      : shared_(std::move(shared)), parameters_(parameters.begin(), parameters.end()) {}
  ~BorrowedProgram() override {
    if (program_ != nullptr) shared_->giveBack(std::move(program_));
  }

  int variables() const override { return shared_->graph().variableCount(); }
  int constraints() const override { return shared_->graph().constraintCount(); }
  const SparsePattern& jacobianPattern() const override { return program().jacobianPattern(); }
  const SparsePattern& hessianPattern() const override { return program().hessianPattern(); }
  bool linearConstraints() const override { return program().linearConstraints(); }

  void moveTo(std::span<const double> x) override { program().moveTo(x); }
  double objective() override { return program().objective(); }
  void gradient(std::span<double> g) override { program().gradient(g); }
  void constraintValues(std::span<double> c) override { program().constraintValues(c); }
  void jacobian(std::span<double> values) override { program().jacobian(values); }
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override {
    program().hessian(sigma, lambda, values);
  }
  void jacobianProduct(std::span<const double> v, std::span<double> out) override { program().jacobianProduct(v, out); }
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override {
    program().jacobianTransposedProduct(v, out);
  }
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override {
    program().hessianProduct(sigma, lambda, v, out);
  }

 private:
  Program& program() const;

  std::shared_ptr<SharedProgram> shared_;
  std::vector<double> parameters_;
  mutable std::unique_ptr<Program> program_;
};

}  // namespace nonconvex
