#include "problems/sums/callback_sum.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/index.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {
namespace {

class CallbackSum final : public FiniteSum<double> {
 public:
  CallbackSum(const Cpu& la, int rows, int variables, std::shared_ptr<SumFunctions> functions)
      : la_(la), rows_(rows), variables_(variables), functions_(std::move(functions)), numbers_(at(rows)) {}

  int rows() const override { return rows_; }
  int variables() const override { return variables_; }
  std::vector<SumBlock> blocks() const override {
    return {{.name = "x", .offset = 0, .rows = variables_, .columns = 1}};
  }
  SumFacts facts() const override {
    return {.gradients = functions_->gradient.has_value(),
            .hessianProducts = functions_->hessianProduct.has_value(),
            .rowsApart = false};
  }
  void typicalFactors(std::span<double> s) const override { std::fill(s.begin(), s.end(), 1.0); }

  double value(RowSet rows, const double* x) override { return ask(functions_->value, rows, x); }
  double gradient(RowSet rows, const double* weights, const double* x, double* g) override {
    if (weights != nullptr) throw Error(ErrorKind::type, "problem: callbacks give no gradients of single rows");
    if (!functions_->gradient) throw Error(ErrorKind::type, "problem.gradient: expected a function");
    const VectorFunction& gradient = *functions_->gradient;
    const double value = ask(gradient, rows, x);
    take(gradient, g, at(variables_));
    return value;
  }
  void hessianProduct(RowSet rows, const double* x, const double* v, double* out) override {
    if (!functions_->hessianProduct) throw Error(ErrorKind::type, "problem.hessianVector: expected a function");
    const VectorFunction& product = *functions_->hessianProduct;
    ask(product, rows, x, {v, at(variables_)});
    take(product, out, at(variables_));
  }
  void lossOfRows(RowSet rows, const double* x, double* losses) override {
    if (!functions_->losses) throw Error(ErrorKind::type, "problem: expected a function `losses` for this sampler");
    ask(*functions_->losses, rows, x);
    take(*functions_->losses, losses, at(rows.count));
  }
  void normOfRows(RowSet, const double*, double*) override {
    throw Error(ErrorKind::type, "problem: callbacks give no gradients of single rows");
  }

 private:
  double ask(const VectorFunction& function, RowSet rows, const double* x, std::span<const double> v = {}) {
    la_.checkpoint();
    if (numbers_.size() < at(rows.count)) numbers_.resize(at(rows.count));
    for (int k = 0; k < rows.count; ++k) numbers_[at(k)] = rows[k];
    const std::span<const double> point(x, at(variables_)), chosen(numbers_.data(), at(rows.count));
    const double count = rows.count;
    return v.empty() ? function({point, chosen}, {count}) : function({point, chosen, v}, {count});
  }
  static void take(const VectorFunction& from, double* to, std::size_t count) {
    std::copy_n(from.outputs.front().begin(), count, to);
  }

  const Cpu la_;
  const int rows_;
  const int variables_;
  const std::shared_ptr<SumFunctions> functions_;
  std::vector<double> numbers_;
};

}  // namespace

std::unique_ptr<FiniteSum<double>> CallbackSource::inDouble(const Cpu& la) const {
  return std::make_unique<CallbackSum>(la, rows_, variables_, functions_);
}
std::unique_ptr<FiniteSum<float>> CallbackSource::inSingle(const Cpu&) const {
  throw Error(ErrorKind::type,
              "precision = 'float32': expected 'float64' for callbacks, whose vectors are Float64Array");
}

}  // namespace nonconvex
