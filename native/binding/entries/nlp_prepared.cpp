#include <utility>

#include "binding/job.hpp"
#include "binding/js.hpp"
#include "binding/model.hpp"
#include "binding/nlp_functions.hpp"
#include "binding/registry.hpp"
#include "binding/shared_handle.hpp"
#include "solvers/nlp/quadratic_method.hpp"
#include "solvers/nlp/solve_prepared.hpp"

namespace nonconvex {
namespace {

/// Scales a program and finds its order of elimination, beside JavaScript's thread.
class PrepareJob final : public Job {
 public:
  explicit PrepareJob(const Reader& in) : nlp_(readNlp(in)) {}

  void run(WorkerPool&, Monitor&) override {
    const Cpu la;
    const std::shared_ptr<Nlp> nlp = nlp_.open(la);
    if (!QuadraticMethod::takes(la, *nlp)) {
      throw Error(ErrorKind::range, "Q: expected a positive semidefinite matrix, as prepared programs are convex");
    }
    entries_ = nlp->hessianPattern().nonzeros() + nlp->jacobianPattern().nonzeros();
    double constant = 0;
    constexpr double tolerance = 1e-8;  // until the first solve
    made_ = std::make_shared<PreparedQuadratic>(la, convexQuadraticOf(*nlp, constant), tolerance);
  }

  Napi::Object result(Napi::Env env) override {
    constexpr std::size_t ofEntry = 80;  // bytes: the matrices as given and scaled, the system and its factors
    return SharedHandle<PreparedQuadratic>::wrap(env, std::move(made_), ofEntry * entries_,
                                                 HandleTag::preparedQuadratic);
  }

 private:
  NlpSource nlp_;
  std::shared_ptr<PreparedQuadratic> made_;
  std::size_t entries_ = 0;
};

/// prepareQuadratic({ program }) -> { promise } of a handle
Napi::Value prepareQuadratic(Napi::Env env, const Reader& in) {
  return Environment::of(env).start(std::make_shared<PrepareJob>(in));
}

/// solvePrepared({ prepared, c, lower, upper, constraintsLower, constraintsUpper, tolerance, timeLimit }) -> the answer
Napi::Value solvePreparedNow(Napi::Env env, const Reader& in) {
  const std::shared_ptr<PreparedQuadratic> prepared = readPrepared(in);
  if (!prepared || !prepared->take()) throw Error(ErrorKind::range, "another solve of this program runs");
  PreparedAnswer answer;
  try {
    const double tolerance = in.number("tolerance");
    prepared->setVectors(in.vector("c"), in.vector("constraintsLower"), in.vector("constraintsUpper"),
                         in.vector("lower"), in.vector("upper"));
    answer = solvePrepared(*prepared, tolerance, in.number("timeLimit"));
  } catch (...) {
    prepared->giveBack();
    throw;
  }
  prepared->giveBack();
  Writer out(env);
  out.text("status", nameOf(answer.status));
  out.text("message", answer.message);
  out.known("objective", answer.objective);
  out.known("gap", answer.gap);
  out.number("iterations", answer.iterations);
  out.vector("x", answer.point.x);
  out.vector("multipliers", answer.point.y);
  out.vector("boundMultipliers", answer.point.z);
  return out.object();
}

const RegisterFunction ofPrepared[] = {{"prepareQuadratic", prepareQuadratic, "problem"},
                                       {"solvePrepared", solvePreparedNow, "request"}};

}  // namespace

}  // namespace nonconvex
