// Kernels of generalised linear models, held to the expression model of the same problem.
#include <thread>

#include "check.hpp"
#include "problems/glm/row_losses.hpp"
#include "problems/glm_data.hpp"

using namespace glm;

namespace {

struct Answers {
  double f;
  std::vector<double> g, c, J, H, Jv, Jtv, Hv;
};

/// All of an nlp, matrices written out.
Answers ask(Nlp& nlp, const std::vector<double>& x) {
  const std::size_t n = x.size(), m = at(nlp.constraints());
  Answers a{0, Answers().g, {}, {}, {}, {}, {}, {}};
  std::vector<double> lambda(m, 0.7), v(n), J(nlp.jacobianPattern().nonzeros()), H(nlp.hessianPattern().nonzeros());
  for (std::size_t j = 0; j < n; ++j) v[j] = std::cos(1.0 * static_cast<double>(j));
  a.g.resize(n), a.c.resize(m), a.Jv.resize(m), a.Jtv.resize(n), a.Hv.resize(n), a.J.resize(m * n), a.H.resize(n * n);
  nlp.moveTo(x);
  a.f = nlp.objective();
  nlp.gradient(a.g);
  nlp.constraintValues(a.c);
  nlp.jacobian(J);
  nlp.hessianProduct(0.5, lambda, v, a.Hv);
  nlp.hessian(0.5, lambda, H);
  nlp.jacobianProduct(v, a.Jv);
  nlp.jacobianTransposedProduct(lambda, a.Jtv);
  const auto writeOut = [&](const SparsePattern& pattern, const std::vector<double>& values, std::vector<double>& to) {
    std::size_t k = 0;
    for (int l = 0; l < pattern.lines; ++l) {
      for (const int i : pattern.line(l)) to[at(l) * n + at(i)] = values[k++];
    }
  };
  writeOut(nlp.jacobianPattern(), J, a.J);
  writeOut(nlp.hessianPattern(), H, a.H);
  return a;
}

void same(const std::vector<double>& a, const std::vector<double>& b, const char* what) {
  CHECK_EQ(a.size(), b.size());
  double size = 1e-3;
  for (const double value : b) size = std::max(size, std::abs(value));
  for (std::size_t k = 0; k < a.size(); ++k) check::near(a[k], b[k], 1e-12 * size, what, __FILE__, static_cast<int>(k));
}

void same(const Answers& a, const Answers& b) {
  CHECK_NEAR(a.f, b.f, 1e-12 * std::max(1.0, std::abs(b.f)));
  same(a.g, b.g, "gradient");
  same(a.c, b.c, "c");
  same(a.J, b.J, "J");
  same(a.H, b.H, "H");
  same(a.Jv, b.Jv, "J v");
  same(a.Jtv, b.Jtv, "J^T v");
  same(a.Hv, b.Hv, "H v");
}

void holdToModel(const Data& data, Form form) {
  const int n = data.rows.matrix.columns;
  Graph whole(n), constraints(n);
  const int x = whole.variables(0, n);
  whole.minimize(data.loss(whole, x));
  constrain(whole, x, n);
  constrain(constraints, constraints.variables(0, n), n);
  Program model(whole);
  WorkerPool pool(3);
  const Cpu la(&pool);
  ConstrainedObjective nlp(data.objective(form), std::make_shared<Program>(constraints));
  ConstrainedObjective threaded(data.objective(form), std::make_shared<Program>(constraints));
  lendThreads(threaded, la);
  const Random random(11);
  for (std::uint32_t point = 0; point < check::repetitions(3u); ++point) {
    std::vector<double> at(static_cast<std::size_t>(n));
    for (std::size_t j = 0; j < at.size(); ++j) at[j] = 0.3 * random.normal(100 * point + j);
    const Answers found = ask(nlp, at), parallel = ask(threaded, at);
    same(found, ask(model, at));
    CHECK_EQ(found.f, parallel.f);
    CHECK(found.g == parallel.g && found.H == parallel.H && found.Hv == parallel.Hv);
  }
}

void holdToModel(const Case& c) { holdToModel(Data(c), c.form); }

}  // namespace

TEST(familiesAgreeWithTheirModels) {
  for (const GlmFamily family : {GlmFamily::logistic, GlmFamily::squared, GlmFamily::poisson, GlmFamily::gamma}) {
    for (const Form form : {Form::sparse, Form::dense, Form::dense32}) {
      holdToModel({family, form, 700, 20, form == Form::sparse ? 0.15 : 1, true, true, 0.1});
    }
  }
}

TEST(allWaysToSumTheHessian) {
  const auto gramOf = [](const Case& c) { return GlmData(Data(c).rows).analysis()->gram; };
  const Case byRows{GlmFamily::logistic, Form::sparse, 3000, 60, 0.1, false, false, 0};
  CHECK(gramOf(byRows) == GlmData::Gram::rows);
  holdToModel(byRows);
  const Case byBlocks{GlmFamily::logistic, Form::sparse, 3000, 40, 0.6, false, false, 0};
  CHECK(gramOf(byBlocks) == GlmData::Gram::blocks);
  holdToModel(byBlocks);
  for (const double ridge : {0.0, 0.2}) {
    const Case byColumns{GlmFamily::poisson, Form::sparse, 300, 400, 0.006, true, false, ridge};
    CHECK(gramOf(byColumns) == GlmData::Gram::columns);
    holdToModel(byColumns);
  }
  holdToModel({GlmFamily::logistic, Form::dense, 400, 530, 0.5, false, false, 0.1});  // one square for all threads
}

TEST(theHessianIsAGramMatrixAndADiagonal) {
  for (const Form form : {Form::sparse, Form::dense, Form::dense32}) {
    constexpr int n = 12;
    const Data data({GlmFamily::poisson, form, 100, n, 0.5, true, true, 0.1});
    Graph constraints(n);
    constrain(constraints, constraints.variables(0, n), n);
    ConstrainedObjective nlp(data.objective(form), std::make_shared<Program>(constraints));
    const std::vector<double> x(n, 0.1), lambda(3, 0.7);
    std::vector<double> rest(n, NAN);
    const Answers expected = ask(nlp, x);  // answers for sigma = 0.5
    const auto rows = nlp.gramFactor(0.5, lambda, rest);
    CHECK(rows.has_value());
    CHECK_EQ(rows->rows(), 100);
    std::vector<double> H(n * n);
    for (std::size_t i = 0; i < 100; ++i) {
      double row[n] = {};
      for (int j = 0; j < n; ++j) row[j] = rows->isDense() ? rows->dense(static_cast<int>(i), j) : 0;
      if (!rows->isDense()) {
        for (int k = rows->sparse.offsets[i]; k < rows->sparse.offsets[i + 1]; ++k) {
          row[rows->sparse.indices[at(k)]] = rows->sparse.values[at(k)];
        }
      }
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = j; k < n; ++k) H[j * n + k] += 0.5 * rows->weights[i] * row[j] * row[k];
      }
    }
    for (std::size_t j = 0; j < n; ++j) H[j * n + j] += rest[j];
    same(H, expected.H, "H");
  }
}

TEST(rowsWithMuchInCommon) {
  for (const Data& data : {glm::categories(), glm::repetitions()}) {
    CHECK(GlmData(data.rows).analysis()->gram == GlmData::Gram::tree);
    holdToModel(data, Form::sparse);
  }
}

TEST(oneAnalysisForAllSolves) {
  const Data data = glm::categories();
  const auto shared = std::make_shared<const GlmData>(data.rows);
  const std::vector<double> x(at(shared->columns()), 0.1);
  ConstrainedObjective alone(data.objective(Form::sparse), nullptr);
  const Answers expected = ask(alone, x);
  WorkerPool pool(2);
  std::vector<std::thread> threads;
  std::vector<Answers> answers(4, expected);
  std::vector<const GlmData::Analysis*> analyses(4);
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      ConstrainedObjective nlp(std::make_unique<GlmObjective>(shared), nullptr);
      const Cpu la(&pool);
      lendThreads(nlp, la);
      answers[t] = ask(nlp, x);
      analyses[t] = shared->analysis().get();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < 4; ++t) {
    CHECK(analyses[t] == analyses[0]);
    CHECK(answers[t].f == expected.f && answers[t].g == expected.g && answers[t].H == expected.H);
  }
}

TEST(aSolveThatIsToEndMakesNoAnalysis) {
  const Data data = glm::categories();
  const auto shared = std::make_shared<const GlmData>(data.rows);
  const std::vector<double> x(at(shared->columns()), 0.1);
  Monitor monitor;
  monitor.setInterruptible(false);
  monitor.abort();
  GlmObjective ending(shared);
  ending.runOn(Cpu(nullptr, 1, &monitor));
  CHECK_EQ(ending.hessianPattern().nonzeros(), std::size_t{0});
  std::vector<double> g(x.size());
  ending.moveTo(x);
  ending.gradient(g);
  // The next one makes it.
  ConstrainedObjective other(std::make_unique<GlmObjective>(shared), nullptr);
  const Answers whole = ask(other, x);
  CHECK(shared->analysis()->gram == GlmData::Gram::tree);
  CHECK_NEAR(ending.value(), whole.f, 1e-13 * whole.f);
  same(g, whole.g, "gradient");
}

TEST(smallAndOddSizes) {
  for (const int rows : {1, 7, 257}) {
    for (const int columns : {1, 3, 17}) {
      for (const Form form : {Form::sparse, Form::dense, Form::dense32}) {
        const Data data({GlmFamily::logistic, form, rows, columns, 0.5, true, true, 0.1});
        Graph g(columns);
        g.minimize(data.loss(g, g.variables(0, columns)));
        Program model(g);
        ConstrainedObjective nlp(data.objective(form), nullptr);
        const std::vector<double> x(static_cast<std::size_t>(columns), 0.2);
        same(ask(nlp, x), ask(model, x));
      }
    }
  }
}

TEST(lossesFarOut) {
  // Against numbers in extended precision.
  const auto ask = [](GlmFamily family, double t, double y) {
    const double weight = 1;
    struct {
      double value, first, second;
    } out{};
    out.value = glmLosses(family, 1, &t, &y, &weight, &out.first, &out.second);
    return out;
  };
  for (double t = -750; t <= 750; t += 0.37) {
    const long double e = std::exp(-std::abs(static_cast<long double>(t)));
    const long double up = t > 0 ? 1 / (1 + e) : e / (1 + e), down = t > 0 ? e / (1 + e) : 1 / (1 + e);
    for (const double y : {0.0, 1.0}) {
      const long double size = std::abs(static_cast<long double>(t));
      const long double value = ((t > 0) == (y > 0) ? 0 : size) + std::log1p(e);
      const auto found = ask(GlmFamily::logistic, t, y);
      const auto near = [&](double a, long double b) {
        CHECK_NEAR(a, static_cast<double>(b), 1e-15 * std::abs(static_cast<double>(b)) + 1e-307);
      };
      near(found.value, value);
      near(found.first, y > 0 ? -down : up);
      near(found.second, up * down);
    }
    const long double mean = std::exp(static_cast<long double>(t));
    const double rounded = static_cast<double>(mean);
    const double got = ask(GlmFamily::poisson, t, 0).second;
    CHECK(std::isinf(rounded) ? std::isinf(got) : std::abs(got - rounded) <= 5e-16 * rounded + 1e-307);
  }
  CHECK(std::isnan(ask(GlmFamily::logistic, NAN, 1).value));
  CHECK(std::isnan(ask(GlmFamily::poisson, NAN, 1).value));
}
