# What glmnet and survival give for Cox's proportional hazards, for test/sparse/losses.long.test.ts: reads one line of JSON, prints one.
suppressPackageStartupMessages({
  library(glmnet)
  library(jsonlite)
  library(survival)
})
ask <- fromJSON(readLines(file("stdin"), n = 1))
y <- Surv(ask$time, ask$event)
path <- function(y) {
  fit <- glmnet(ask$x, y, family = "cox", lambda = ask$lambda, weights = ask$weights, thresh = 1e-20, maxit = 1e8)
  list(coefficients = as.numeric(fit$beta), explained = unname(fit$dev.ratio), nullDeviance = fit$nulldev)
}
free <- function(formula, ties) {
  fit <- coxph(formula, ties = ties, control = coxph.control(eps = 1e-13, iter.max = 50))
  base <- basehaz(fit, centered = FALSE)
  list(coefficients = unname(coef(fit)), logLikelihood = fit$loglik, hazard = base$hazard, time = base$time, concordance = unname(fit$concordance["concordance"]))
}
late <- Surv(ask$start, ask$time, ask$event)
cv <- cv.glmnet(ask$x, y, family = "cox", foldid = ask$folds, lambda = ask$lambdas, thresh = 1e-14)
found <- list(
  plain = path(y),
  strata = path(stratifySurv(y, ask$strata)),
  efron = free(y ~ ask$x, "efron"),
  breslow = free(y ~ ask$x, "breslow"),
  late = path(late),
  lateEfron = free(late ~ ask$x, "efron"),
  efronStrata = free(y ~ ask$x + strata(ask$strata), "efron")[c("coefficients", "logLikelihood", "concordance")],
  cv = list(mean = cv$cvm, standardError = cv$cvsd)
)
cat(toJSON(found, auto_unbox = TRUE, digits = NA), "\n")
