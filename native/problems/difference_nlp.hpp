// Problems of which derivatives are missing, by differences.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "problems/differences.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

/// Which functions of a problem are not to be called.
struct MissingDerivatives {
  bool gradient = false;
  bool jacobian = false;
  bool hessian = false;

  bool first() const { return gradient || jacobian; }
};

/// A problem with differences for its missing derivatives. Its functions are evaluated inside of the box, but for
/// points where a method evaluates it.
class DifferenceNlp final : public Nlp {
 public:
  DifferenceNlp(std::shared_ptr<Nlp> of, MissingDerivatives missing, Box box);
  DifferenceNlp(const DifferenceNlp&) = delete;
  DifferenceNlp& operator=(const DifferenceNlp&) = delete;

  int variables() const override { return of_->variables(); }
  int constraints() const override { return of_->constraints(); }
  NlpBounds variableBounds() const override { return of_->variableBounds(); }
  NlpBounds constraintBounds() const override { return of_->constraintBounds(); }
  NlpFacts facts() const override { return of_->facts(); }
  const SparsePattern& jacobianPattern() const override { return of_->jacobianPattern(); }
  const SparsePattern& hessianPattern() const override { return of_->hessianPattern(); }

  void moveTo(std::span<const double> x) override;
  double objective() override;
  void gradient(std::span<double> g) override;
  void constraintValues(std::span<double> c) override;
  void jacobian(std::span<double> values) override;
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override;
  void jacobianProduct(std::span<const double> v, std::span<double> out) override;
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override;
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override;

 private:
  /// The memory of differences of one kind: first derivatives where the problem is, and where its Hessian asks for
  /// them.
  struct First {
    First(const Nlp& nlp, MissingDerivatives missing, DifferenceRule rule, const Box& box);
    std::optional<Differences> gradient, jacobian;
    std::vector<double> byColumns;  ///< entries of the Jacobian
  };

  const Capable* wrapped() const override { return of_.get(); }
  /// Moves the problem inside.
  void place(std::span<const double> x);
  void gradientAt(std::span<const double> x, double value, First& by, std::span<double> g);
  void jacobianAt(std::span<const double> x, std::span<const double> c, First& by, std::span<double> values);
  void lagrangianAt(std::span<const double> x, double sigma, std::span<const double> lambda, std::span<double> g);
  const std::vector<double>& constraintsHere();
  const std::vector<double>& jacobianHere();

  const std::shared_ptr<Nlp> of_;
  const MissingDerivatives missing_;
  const Box box_;
  std::vector<int> rowOrder_;  // which entry by columns is the next one by rows of the Jacobian
  First first_, nested_;
  std::optional<Differences> hessian_;  // differences for both triangles of the Hessian
  std::vector<int> below_, above_;      // which entries of both triangles belong to one of the lower one
  std::vector<double> x_, at_;          // the point, and where the problem inside is
  std::optional<double> value_;
  bool constraintsKnown_ = false, jacobianKnown_ = false;
  std::vector<double> c_, jacobian_;
  std::vector<double> otherC_, otherJacobian_, base_, both_, hessianValues_;  // work of `hessian`
};

}  // namespace nonconvex
