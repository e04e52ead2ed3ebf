#include "binding/model.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>
#include <utility>

#include "binding/callbacks.hpp"
#include "binding/job.hpp"
#include "binding/operand.hpp"
#include "binding/registry.hpp"
#include "core/index.hpp"
#include "core/require_memory.hpp"
#include "expressions/nl/reader.hpp"
#include "expressions/nl/writer.hpp"
#include "problems/callback_nlp.hpp"
#include "problems/difference_nlp.hpp"
#include "problems/quasi_newton_nlp.hpp"

namespace nonconvex {
namespace {

// Handles ------------------------------------------------------------------------------------------------------------

/// The tag of this addon's handles: an addon cannot use what another one has made.
const napi_type_tag handleTag = {0x6e6f6e636f6e7665, reinterpret_cast<std::uint64_t>(&handleTag)};

struct Handle {
  NlpMaker make;
  std::shared_ptr<SharedProgram> program;  ///< null for those that have no graph
  std::int64_t bytes;
  BeforeSolves before = {};
};

Napi::Object wrap(Napi::Env env, Handle made) {
  const std::int64_t bytes = made.bytes;
  auto handle = std::make_unique<Handle>(std::move(made));
  const Napi::Object object = Napi::Object::New(env);
  object.TypeTag(&handleTag);
  const auto finalize = [](napi_env of, void* data, void*) {
    const std::unique_ptr<Handle> dead(static_cast<Handle*>(data));
    std::int64_t total = 0;
    napi_adjust_external_memory(of, -dead->bytes, &total);
  };
  if (napi_wrap(env, object, handle.get(), finalize, nullptr, nullptr) != napi_ok) throw Napi::Error::New(env);
  handle.release();
  std::int64_t total = 0;
  napi_adjust_external_memory(env, bytes, &total);
  return object;
}

std::span<const double> vectorOf(const Reader& in, const char* name, std::size_t length) {
  const auto found = in.vector(name);
  require(found.size() == length, in.pathOf(name) + ".length", found.size(), "expected " + show(length));
  return found;
}

std::vector<double> copyOf(std::span<const double> values) { return {values.begin(), values.end()}; }

Napi::Object handleOfProgram(Napi::Env env, const std::shared_ptr<SharedProgram>& program) {
  const auto make = [program](const Reader& in) -> NlpSource {
    return [program, parameters = copyOf(vectorOf(in, "parameters", program->parameters()))](
               const Cpu& la) -> std::shared_ptr<Nlp> {
      const Graph& graph = program->graph(la);
      requireMemory(static_cast<double>(program->bytes()), "a model of n = " + show(graph.variableCount()) +
                                                               " variables and m = " + show(graph.constraintCount()) +
                                                               " constraints needs");
      return borrow(program, parameters, la);
    };
  };
  return wrap(env, {make, program, static_cast<std::int64_t>(program->bytes())});
}

Napi::Object handleOfGraph(Napi::Env env, Graph graph) {
  return handleOfProgram(env, std::make_shared<SharedProgram>(std::move(graph)));
}

/// A model as JavaScript has written it, in copies of its own, until a graph is made of it.
class SerializedModel {
 public:
  explicit SerializedModel(const Reader& from) {
    Inputs inputs;
    const Reader in(from.asObject(), inputs, from.path());
    variables_ = in.integer("n");
    parameters_ = copyOf(in.vector("parameters"));
    code_ = in.integers("code");
    numbers_ = in.vector("numbers");
    for (const Reader& matrix : in.list("matrices")) matrices_.emplace_back(matrix);
    objective_ = in.integer("objective");
    constraints_ = in.integers("constraints");
    copies_ = std::move(inputs.copies);
  }

  int variables() const { return variables_; }
  std::size_t parameters() const { return parameters_.size(); }
  /// About what the graph and one evaluator take.
  std::size_t bytes() const {
    constexpr std::size_t perNumber = 64, perEntry = 16;  // as `bytesOf` has them
    std::size_t total = perNumber * (at(variables_) + parameters_.size() + numbers_.size() + constraints_.size());
    for (const OwnOperand& matrix : matrices_) {
      total += perNumber * at(std::max(matrix.rows(), matrix.columns())) + perEntry * matrix.entries();
    }
    return total;
  }

  Graph read(const Cpu& la) const {
    std::vector<ConstantMatrix> matrices;
    for (const OwnOperand& matrix : matrices_) matrices.push_back(matrix.byRows([&] { la.abortPoint(); }));
    la.abortPoint();
    Graph graph = Graph::parse(variables_, parameters_, code_, numbers_, std::move(matrices));
    if (objective_ >= 0) graph.minimize(objective_);
    for (const std::int32_t node : constraints_) graph.equalZero(node);
    return graph;
  }

 private:
  int variables_, objective_;
  std::vector<double> parameters_;
  std::span<const std::int32_t> code_, constraints_;
  std::span<const double> numbers_;
  std::vector<OwnOperand> matrices_;
  std::vector<Copy> copies_;
};

const Handle& handleOf(const Reader& in, const char* name) {
  const Napi::Object object = in.object(name).asObject();
  void* data = nullptr;
  if (!object.CheckTypeTag(&handleTag) || napi_unwrap(object.Env(), object, &data) != napi_ok) {
    throw Error(ErrorKind::type, in.pathOf(name) + " = an object: expected a model that this addon has compiled");
  }
  return *static_cast<Handle*>(data);
}

// Evaluations --------------------------------------------------------------------------------------------------------

/// A matrix whose values change, by rows or by columns.
SparseView viewOf(const SparsePattern& pattern, Lines by, std::span<const double> values) {
  return {.by = by,
          .rows = by == Lines::rows ? pattern.lines : pattern.width,
          .columns = by == Lines::rows ? pattern.width : pattern.lines,
          .offsets = pattern.offsets,
          .indices = pattern.indices,
          .values = values};
}

// Names --------------------------------------------------------------------------------------------------------------

Napi::Array toTexts(Napi::Env env, std::span<const std::string> texts) {
  Napi::Array array = Napi::Array::New(env, texts.size());
  for (std::uint32_t i = 0; i < texts.size(); ++i) array.Set(i, Napi::String::New(env, texts[i]));
  return array;
}

std::vector<std::string> toTexts(const Reader& in, const char* name) {
  const Napi::Value value = in.asObject().Get(name);
  std::vector<std::string> texts;
  if (!value.IsArray()) return texts;
  const Napi::Array array = value.As<Napi::Array>();
  for (std::uint32_t i = 0; i < array.Length(); ++i) {
    texts.push_back(array.Get(i).As<Napi::String>().Utf8Value());
  }
  return texts;
}

// .nl files ----------------------------------------------------------------------------------------------------------

class ReadNlJob final : public Job {
 public:
  explicit ReadNlJob(const Reader& in)
      : path_(in.text("path")),
        options_{.objective = in.integer("objective"), .relaxIntegers = in.boolean("relaxIntegers")} {
    if (in.has("maxBytes")) options_.maxBytes = in.number("maxBytes");
  }
  void run(WorkerPool&, Monitor&) override { model_ = readNl(path_, options_); }
  Napi::Object result(Napi::Env env) override {
    const int n = model_->graph.variableCount();
    const int m = model_->graph.constraintCount();
    Writer out(env);
    out.number("n", n);
    out.number("m", m);
    out.vector("start", model_->start);
    out.vector("multipliers", model_->multipliers);
    out.vector("lower", model_->variableLower);
    out.vector("upper", model_->variableUpper);
    out.integers("integers", model_->integers);
    out.vector("constraintsLower", model_->constraintLower);
    out.vector("constraintsUpper", model_->constraintUpper);
    out.vector("lowerMultipliers", model_->lowerMultipliers);
    out.vector("upperMultipliers", model_->upperMultipliers);
    out.boolean("maximise", model_->maximise);
    out.integers("places", model_->modelVariable);
    out.vector("fixedValues", model_->fixedValues);
    out.value("variableNames", toTexts(env, model_->variableNames));
    out.value("constraintNames", toTexts(env, model_->constraintNames));
    out.value("notes", toTexts(env, model_->notes));
    out.value("program", handleOfGraph(env, std::move(model_->graph)));
    if (model_->whole) out.value("whole", handleOfGraph(env, std::move(*model_->whole)));
    return out.object();
  }

 private:
  std::string path_;
  NlOptions options_;
  std::optional<NlModel> model_;
};

class WriteNlJob final : public Job {
 public:
  explicit WriteNlJob(const Reader& in)
      : program_(compiledProgram(in, "program")),
        path_(in.text("path")),
        maximise_(in.boolean("maximise")),
        variableNames_(toTexts(in, "variableNames")),
        constraintNames_(toTexts(in, "constraintNames")) {
    const auto n = static_cast<std::size_t>(program_->graph().variableCount());
    const auto m = static_cast<std::size_t>(program_->graph().constraintCount());
    start_ = copyOf(vectorOf(in, "start", n));
    const auto read = [&](const char* name, std::size_t length, std::vector<double>& to) {
      if (in.has(name)) to = copyOf(vectorOf(in, name, length));
    };
    read("multipliers", m, multipliers_);
    read("lowerMultipliers", n, lowerMultipliers_);
    read("upperMultipliers", n, upperMultipliers_);
    read("lower", n, lower_);
    read("upper", n, upper_);
    read("constraintsLower", m, constraintLower_);
    read("constraintsUpper", m, constraintUpper_);
    const auto integers = in.integers("integers");
    integers_.assign(integers.begin(), integers.end());
  }
  void run(WorkerPool&, Monitor&) override {
    const NlData data{.start = start_,
                      .multipliers = multipliers_,
                      .lowerMultipliers = lowerMultipliers_,
                      .upperMultipliers = upperMultipliers_,
                      .lower = lower_,
                      .upper = upper_,
                      .constraintLower = constraintLower_,
                      .constraintUpper = constraintUpper_,
                      .integers = integers_,
                      .maximise = maximise_};
    writeNl(path_, program_->graph(), data, variableNames_, constraintNames_);
  }
  Napi::Object result(Napi::Env env) override { return Napi::Object::New(env); }

 private:
  std::shared_ptr<SharedProgram> program_;
  std::string path_;
  bool maximise_;
  std::vector<std::string> variableNames_, constraintNames_;
  std::vector<double> start_, multipliers_, lowerMultipliers_, upperMultipliers_;
  std::vector<double> lower_, upper_, constraintLower_, constraintUpper_;
  std::vector<int> integers_;
};

// Callbacks ----------------------------------------------------------------------------------------------------------

ListedPattern readPattern(const Reader& in, int lines, int width) {
  ListedPattern listed;
  const auto copy = [&](const char* name) {
    const auto from = in.integers(name);
    return std::vector<int>(from.begin(), from.end());
  };
  listed.pattern = {.lines = lines, .width = width, .offsets = copy("offsets"), .indices = copy("indices")};
  listed.order = copy("order");
  const SparsePattern& pattern = listed.pattern;
  const std::vector<double> noValues(pattern.nonzeros());
  requireSparse(viewOf(pattern, Lines::rows, noValues), in.path());
  if (!indicesIncrease(pattern.offsets, pattern.indices)) {
    throw Error(ErrorKind::range, in.pathOf("indices") + ": expected them to increase in each line");
  }
  require(listed.order.size() == pattern.nonzeros(), in.pathOf("order.length"), listed.order.size(),
          "expected as many as indices: " + show(pattern.nonzeros()));
  return listed;
}

/// How many numbers a function writes for a pattern: its entries stand in a list in any order.
std::size_t listLength(const Reader& in, const ListedPattern& listed) {
  if (listed.order.empty()) return 0;
  const auto [least, most] = std::minmax_element(listed.order.begin(), listed.order.end());
  require(*least >= 0, in.pathOf("order"), *least, "expected no negative places");
  return static_cast<std::size_t>(*most) + 1;
}

/// The functions of callbacks with n unknowns and m constraints; those for derivatives may be missing.
CallbackNlp::Functions readFunctions(const Reader& in, std::size_t n, std::size_t m, std::size_t jacobianLength,
                                     std::size_t hessianLength) {
  CallbackNlp::Functions functions{.objective = readVectorFunction(in, "objective", {n}, {}),
                                   .gradient = {},
                                   .constraints = readVectorFunction(in, "constraints", {n}, {m}),
                                   .jacobian = {},
                                   .hessian = {},
                                   .hessianProduct = {}};
  if (in.has("gradient")) functions.gradient = readVectorFunction(in, "gradient", {n}, {n});
  if (in.has("jacobian")) functions.jacobian = readVectorFunction(in, "jacobian", {n}, {jacobianLength});
  if (in.has("hessian")) functions.hessian = readVectorFunction(in, "hessian", {n, m}, {hessianLength});
  if (in.has("hessianProduct")) functions.hessianProduct = readVectorFunction(in, "hessianProduct", {n, m, n}, {n});
  return functions;
}

/// { n, m, jacobianPattern, hessianPattern, lower, upper, quasiNewton } and functions. Derivatives that are missing are
/// differences inside of the bounds; if `quasiNewton`, the Hessian is approximated.
NlpSource readCallbacks(const Reader& in) {
  const int n = in.integer("n");
  const int m = in.integer("m");
  const auto x = static_cast<std::size_t>(n);
  const Reader jacobianIn = in.object("jacobianPattern"), hessianIn = in.object("hessianPattern");
  ListedPattern jacobian = readPattern(jacobianIn, m, n);
  ListedPattern hessian = readPattern(hessianIn, n, n);
  CallbackNlp::Functions functions = readFunctions(in, x, static_cast<std::size_t>(m), listLength(jacobianIn, jacobian),
                                                   listLength(hessianIn, hessian));
  const bool quasiNewton = in.has("quasiNewton") && in.boolean("quasiNewton");
  const MissingDerivatives missing = {.gradient = !in.has("gradient"),
                                      .jacobian = m > 0 && !in.has("jacobian"),
                                      .hessian = !quasiNewton && !in.has("hessian")};
  Box box;
  if (in.has("lower")) box.lower = copyOf(vectorOf(in, "lower", x));
  if (in.has("upper")) box.upper = copyOf(vectorOf(in, "upper", x));
  return [=]() -> std::shared_ptr<Nlp> {
    std::shared_ptr<Nlp> nlp = std::make_shared<CallbackNlp>(jacobian, hessian, functions);
    if (missing.first() || missing.hessian) nlp = std::make_shared<DifferenceNlp>(nlp, missing, box);
    if (quasiNewton) nlp = std::make_shared<QuasiNewtonNlp>(nlp);
    return nlp;
  };
}

}  // namespace

Napi::Object makeHandle(Napi::Env env, NlpMaker make, std::size_t bytes, BeforeSolves before) {
  return wrap(env, {std::move(make), nullptr, static_cast<std::int64_t>(bytes), std::move(before)});
}

std::shared_ptr<const LinearEquations> readEquations(const Reader& in) {
  if (!in.has("A")) return nullptr;
  ConstantMatrix A = readMatrix(in.object("A"));
  std::vector<double> b = copyOf(vectorOf(in, "b", static_cast<std::size_t>(A.rows)));
  std::optional<double> squaredNorm;
  if (in.has("squaredNorm")) squaredNorm = in.number("squaredNorm");
  return std::make_shared<const LinearEquations>(std::move(A), std::move(b), squaredNorm);
}

std::function<void(const Cpu&)> checkOf(std::shared_ptr<const LinearEquations> equations) {
  if (!equations) return nullptr;
  return [equations = std::move(equations)](const Cpu&) { equations->check(); };
}

std::shared_ptr<SharedProgram> compiledProgram(const Reader& in, const char* name) {
  const Handle& handle = handleOf(in, name);
  if (!handle.program) throw Error(ErrorKind::type, in.pathOf(name) + ": expected a model of expressions");
  return handle.program;
}

ConstantMatrix readMatrix(const Reader& in) {
  if (in.has("format")) return copyBy(Lines::rows, in.asSparse());
  return constantCopy(in.asMatrix());
}

double bytesOfProgram(const Reader& problem) {
  return problem.has("program") ? static_cast<double>(handleOf(problem, "program").bytes) : 0;
}

std::shared_ptr<const FeasibleStart> readFeasibleStart(const Reader& problem) {
  return problem.has("program") ? handleOf(problem, "program").before.start : nullptr;
}

NlpSource readNlp(const Reader& problem) {
  if (problem.has("callbacks")) return readCallbacks(problem.object("callbacks"));
  const Handle& handle = handleOf(problem, "program");
  NlpSource source = handle.make(problem);
  if (!handle.before.check) return source;
  return [source = std::move(source), check = handle.before.check](const Cpu& la) {
    check(la);
    return source.open(la);
  };
}

namespace {

/// compile({ n, parameters, code, numbers, matrices, objective, constraints, unread }) -> a handle. The graph is read
/// and checked, by the first solve if it is `unread`; native/expressions/graph.hpp describes it.
Napi::Value compileModel(Napi::Env env, const Reader& in) {
  auto model = std::make_shared<const SerializedModel>(in);
  if (!in.has("unread")) return handleOfGraph(env, model->read(Cpu()));
  const auto [n, parameters, bytes] = std::tuple(model->variables(), model->parameters(), model->bytes());
  const auto make = [model = std::move(model)](const Cpu& la) mutable {
    auto graph = std::make_shared<const Graph>(model->read(la));
    model.reset();
    return graph;
  };
  return handleOfProgram(env, std::make_shared<SharedProgram>(make, n, parameters, bytes));
}

/// operators() -> { name: number, ... } of native/expressions/operators.def
Napi::Value listOperators(const Napi::CallbackInfo& info) {
  Writer out(info.Env());
  for (const Operation& operation : operations()) out.number(operation.name, static_cast<int>(operation.op));
  return out.object();
}

/// startOf({ program }) -> the point where solves of a program begin that computes it, now if no solve has yet.
Napi::Value startOf(Napi::Env env, const Reader& in) {
  const auto start = readFeasibleStart(in);
  if (!start) throw Error(ErrorKind::type, in.pathOf("program") + ": expected one that computes its start");
  return typedArray(env, start->get());
}

/// evaluate({ program, parameters, what, x, multipliers, sigma, vector }) -> what: 'objective', 'gradient', ...; or
/// with `callbacks` in place of a program.
Napi::Value evaluateModel(Napi::Env env, const Reader& in) {
  const NlpSource source =
      in.has("callbacks") ? readCallbacks(in.object("callbacks")) : handleOf(in, "program").make(in);
  in.callDirectly();
  const std::shared_ptr<Nlp> program = source.open();
  const auto n = static_cast<std::size_t>(program->variables());
  const auto m = static_cast<std::size_t>(program->constraints());
  const std::string what = in.text("what");
  std::vector<double> out;
  program->moveTo(vectorOf(in, "x", n));
  if (what == "objective") return Napi::Number::New(env, program->objective());
  if (what == "gradient") {
    out.resize(n);
    program->gradient(out);
  } else if (what == "constraints") {
    out.resize(m);
    program->constraintValues(out);
  } else if (what == "jacobian") {
    out.resize(program->jacobianPattern().nonzeros());
    program->jacobian(out);
    return sparseObject(env, viewOf(program->jacobianPattern(), Lines::rows, out));
  } else if (what == "hessian") {
    out.resize(program->hessianPattern().nonzeros());
    program->hessian(in.number("sigma"), vectorOf(in, "multipliers", m), out);
    return sparseObject(env, viewOf(program->hessianPattern(), Lines::columns, out));
  } else if (what == "jacobianProduct") {
    out.resize(m);
    program->jacobianProduct(vectorOf(in, "vector", n), out);
  } else if (what == "jacobianTransposedProduct") {
    out.resize(n);
    program->jacobianTransposedProduct(vectorOf(in, "vector", m), out);
  } else {
    require(what == "hessianProduct", in.pathOf("what"), what, "expected the name of an evaluation");
    out.resize(n);
    program->hessianProduct(in.number("sigma"), vectorOf(in, "multipliers", m), vectorOf(in, "vector", n), out);
  }
  return typedArray(env, out);
}

/// readNl({ path, objective, relaxIntegers, maxBytes }) -> { promise } of { program, n, m, start, multipliers, lower,
/// upper, integers, constraintsLower, constraintsUpper, lowerMultipliers, upperMultipliers, maximise, places,
/// fixedValues, variableNames, constraintNames, notes }, and where the file fixes variables `whole`, a program that has
/// them all
Napi::Value readNlFile(Napi::Env env, const Reader& in) {
  return Environment::of(env).start(std::make_shared<ReadNlJob>(in));
}

/// writeNl({ program, path, start, integers, maximise, variableNames, constraintNames }) -> { promise }; and, where
/// there are any, multipliers, lowerMultipliers, upperMultipliers, lower, upper, constraintsLower and constraintsUpper
Napi::Value writeNlFile(Napi::Env env, const Reader& in) {
  return Environment::of(env).start(std::make_shared<WriteNlJob>(in));
}

const RegisterFunction ofModels[] = {{"compile", compileModel, "model"}, {"operators", listOperators},
                                     {"startOf", startOf, "request"},    {"evaluate", evaluateModel, "request"},
                                     {"readNl", readNlFile, "request"},  {"writeNl", writeNlFile, "request"}};

}  // namespace
}  // namespace nonconvex
