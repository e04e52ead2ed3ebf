#include <utility>

#include "binding/job.hpp"
#include "binding/js.hpp"
#include "binding/model.hpp"
#include "binding/nlp_functions.hpp"
#include "binding/registry.hpp"
#include "binding/shared_handle.hpp"
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
    made_ = prepare(la, *nlp);
    if (!made_)
      throw Error(ErrorKind::range, "Q: expected a positive semidefinite matrix, as prepared programs are convex");
    entries_ = nlp->hessianPattern().nonzeros() + nlp->jacobianPattern().nonzeros();
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
  if (!prepared) throw Error(ErrorKind::type, in.pathOf("prepared") + ": expected a prepared program");
  const QuadraticVectors vectors{.c = in.vector("c"),
                                 .atLeast = in.vector("constraintsLower"),
                                 .atMost = in.vector("constraintsUpper"),
                                 .lower = in.vector("lower"),
                                 .upper = in.vector("upper")};
  const PreparedAnswer answer = solvePrepared(prepared, vectors, in.number("tolerance"), in.number("timeLimit"));
  Writer out(env);
  out.text("status", nameOf(answer.status));
  out.text("message", answer.message);
  out.known("objective", answer.objective);
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
