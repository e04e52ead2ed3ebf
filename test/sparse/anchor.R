# What glmnet gives, for test/sparse/anchors.test.ts: reads one line of JSON, prints one.
suppressPackageStartupMessages({
  library(glmnet)
  library(jsonlite)
})
ask <- fromJSON(readLines(file("stdin"), n = 1))
of <- function(...) {
  fit <- glmnet(ask$x, lambda = ask$lambda, thresh = 1e-20, maxit = 1e8, ...)
  list(coefficients = as.numeric(fit$beta), intercept = unname(fit$a0))
}
# Of several responses and classes: coefficients of one behind those of the other.
several <- function(...) {
  fit <- glmnet(ask$x, lambda = ask$lambda, thresh = 1e-20, maxit = 1e8, ...)
  list(coefficients = unlist(lapply(fit$beta, as.numeric), use.names = FALSE), intercepts = as.numeric(fit$a0))
}
found <- list(
  mgaussian = several(ask$responses, family = "mgaussian"),
  multinomial = several(ask$classes, family = "multinomial"),
  grouped = several(ask$classes, family = "multinomial", type.multinomial = "grouped"),
  limits = several(ask$classes, family = "multinomial", lower.limits = -0.1, upper.limits = 0.2),
  lasso = of(ask$y),
  binomial = of(ask$labels, family = "binomial", alpha = 0.4),
  poisson = of(ask$counts, family = "poisson", offset = ask$offset, weights = ask$weights),
  elasticNet = of(ask$y, alpha = 0.4),
  bounded = of(ask$y, lower.limits = 0, upper.limits = 0.3),
  factors = of(ask$y, penalty.factor = ask$factors)
)
fits <- glmnet(ask$x, ask$labels, family = "binomial", lambda = c(ask$lambda, ask$lambda / 2), thresh = 1e-20, relax = TRUE)
for (gamma in c(0, 0.5)) {
  both <- as.numeric(coef(fits, s = ask$lambda, gamma = gamma))
  found[[paste0("relax", gamma)]] <- list(coefficients = both[-1], intercept = both[1])
}
cv <- cv.glmnet(ask$x, ask$labels, family = "binomial", foldid = ask$folds, lambda = ask$lambdas, type.measure = "deviance", thresh = 1e-14)
found$cv <- list(mean = cv$cvm, standardError = cv$cvsd, lambdaMin = cv$lambda.min, lambda1se = cv$lambda.1se)
cat(toJSON(found, auto_unbox = TRUE, digits = NA), "\n")
