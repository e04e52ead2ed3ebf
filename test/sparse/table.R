# What glmnet gives for a Cox model of a table, for test/sparse/table.long.test.ts: reads one line of JSON, prints one.
suppressPackageStartupMessages({
  library(glmnet)
  library(jsonlite)
  library(survival)
})
ask <- fromJSON(readLines(file("stdin"), n = 1))
fit <- glmnet(ask$x, Surv(ask$time, ask$event), family = "cox", lambda = ask$lambda, thresh = 1e-20, maxit = 1e8)
cat(toJSON(list(coefficients = as.numeric(fit$beta)), auto_unbox = TRUE, digits = NA), "\n")
