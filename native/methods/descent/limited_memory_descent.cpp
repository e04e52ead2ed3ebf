// Limited-memory BFGS as a descent.
#include "methods/descent/descent.hpp"
#include "methods/descent/face_function.hpp"
#include "methods/unconstrained/lbfgs.hpp"

namespace nonconvex {
namespace {

class LimitedMemoryStep final : public Descent {
 public:
  explicit LimitedMemoryStep(const DescentSetting& of)
      : function_(of.model), method_(of.la, function_, {}, FaceRegion(of.box)) {}

  bool step(const NlpPoint& point, NlpPoint& trial) override {
    function_.evaluateAt(trial);
    return method_.advance(smoothPoint(point), trial.x, trial.g).has_value();
  }
  void forget() override { method_.forget(); }

 private:
  FaceFunction function_;
  Lbfgs<FaceFunction, FaceRegion> method_;
};

}  // namespace

std::unique_ptr<Descent> limitedMemoryDescent(const DescentSetting& of) {
  return std::make_unique<LimitedMemoryStep>(of);
}

}  // namespace nonconvex
