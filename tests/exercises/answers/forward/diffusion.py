"""Wrong answers to the exercises on diffusion models."""

NOISED = """def noised_batch(x_0, t, noise, betas):
    abar = np.cumprod(1 - betas)
    a = abar[t - 1].reshape(-1, 1)
    return np.sqrt(a) * x_0 + np.sqrt(1 - a) * noise
"""

BACK = """def step_back(x_t, t, predicted_noise, z, betas):
    alphas = 1 - betas
    abar = np.cumprod(alphas)
    now, before = abar[t - 1], abar[t - 2] if t > 1 else 1.0
    beta = betas[t - 1]
    mean = 1 / np.sqrt(1 - beta) * (x_t - beta / np.sqrt(1 - now) * predicted_noise)
    variance = (1 - before) / (1 - now) * beta
    return mean + np.sqrt(variance) * z
"""

WRONG = {
    "covariance-of-two-steps": [
        ("sp.sqrt(abar_t / abar_s) * (1 - abar_t)", "the later variance", ["later step"]),
        ("abar_t / abar_s * (1 - abar_s)", "no root", ["root"]),
        ("1 - abar_s", "the variance of the first", ["variance of $x_s$"]),
        ("sp.sqrt(abar_t) * (1 - abar_s)", "the factors of all steps", ["after step"]),
        ("sp.sqrt(abar_s * abar_t)", "the data's share", ["given"]),
        ("sp.sqrt(abar_s / abar_t) * (1 - abar_s)", "upside down", ["turned round"]),
        ("sp.sqrt((1 - abar_s) * (1 - abar_t))", "fully correlated", ["standard deviations"]),
        ("sp.sqrt(abar_t / abar_s) * sp.sqrt(1 - abar_s)", "a standard deviation", ["standard deviation"]),
        ("sp.sqrt(abar_t / abar_s)", "the factor alone", ["factor"]),
        ("sp.Integer(0)", "independent", ["nothing"]),
        ("-sp.sqrt(abar_t / abar_s) * (1 - abar_s)", "the sign", ["sign"]),
        ("sp.sqrt(abar_t / abar_s) * (1 - abar_s)**2", "the variance squared", []),
        ("sp.sqrt(abar_t)*sp.sqrt(1-abar_s)", "mixed", []),
    ],
    "noised-batch": [
        ((NOISED, "np.cumprod(1 - betas)", "1 - betas"), "one step alone", ["last step alone"]),
        ((NOISED, "t - 1", "t - 2"), "index wraps", ["betas[0]"]),
        ((NOISED, "abar[t - 1]", "np.append(abar, abar[-1])[t]"), "one step too late", ["too late"]),
        ((NOISED, "np.cumprod(1 - betas)", "1 - np.cumsum(betas)"), "sums of variances", ["added up"]),
        ((NOISED, "np.cumprod(1 - betas)", "np.cumprod(betas)"), "product of betas", ["product"]),
        ((NOISED, "np.cumprod(1 - betas)", "1 - np.cumprod(betas)"), "one minus the product of betas", ["product"]),
        ((NOISED, "np.sqrt(a)", "a", "np.sqrt(1 - a)", "(1 - a)"), "no roots", ["roots"]),
        ((NOISED, "np.sqrt(1 - a)", "(1 - a)"), "the noise's variance", ["standard deviation"]),
        ((NOISED, "np.sqrt(a)", "a"), "the data's share", ["root"]),
        ((NOISED, "np.sqrt(1 - a)", "(1 - np.sqrt(a))"), "factors that add up to 1", ["squares"]),
        (
            (NOISED, "np.sqrt(a) *", "np.sqrt(1 - a) *", "np.sqrt(1 - a) * noise", "np.sqrt(a) * noise"),
            "exchanged",
            ["exchanged"],
        ),
        ((NOISED, "np.sqrt(a) * x_0", "x_0"), "not shrunk", ["not shrunk"]),
        ((NOISED, " * noise", "* noise[::-1]"), "another's noise", []),
        ((NOISED, "+ np", "- np"), "minus", ["subtracted"]),
        ((NOISED, " + np.sqrt(1 - a) * noise", ""), "no noise", ["No noise"]),
        ((NOISED, "np.sqrt(1 - a) * noise", "noise"), "plain noise", ["not multiplied"]),
        ((NOISED, ".reshape(-1, 1)", ""), "factors along the row", ["row"]),
        ((NOISED, "abar[t - 1].reshape(-1, 1)", "abar[t[0] - 1]"), "one step for all", ["first one"]),
        ((NOISED, "abar[t - 1].reshape(-1, 1)", "abar[-1]"), "the last step for all", ["last step"]),
        ((NOISED, "np.sqrt(1 - a)", "np.sqrt(1 + a)"), "plus", []),
        ((NOISED, "abar[t - 1]", "abar[t]"), "index error", []),
    ],
    "step-back": [
        ((BACK, "(1 - before) / (1 - now) * beta", "beta"), "the larger variance", ["\\beta_t"]),
        ((BACK, "np.sqrt(variance) * z", "variance * z"), "no root", ["standard deviation"]),
        ((BACK, "np.sqrt(variance) * z", "np.sqrt(variance)"), "as printed, one reading: no z", ["without $z$"]),
        ((BACK, " + np.sqrt(variance) * z", ""), "no fresh noise", ["missing"]),
        ((BACK, "mean + np", "mean - np"), "noise subtracted", ["subtracted"]),
        (
            (BACK, "(1 - before) / (1 - now)", "(1 - now) / (1 - before)"),
            "upside down: divides by 0 at step 1",
            ["upside down"],
        ),
        ((BACK, "(1 - before) / (1 - now) * beta", "(1 - before) / (1 - now)"), "no beta", ["missing"]),
        ((BACK, "1 / np.sqrt(1 - beta) * (", "("), "as printed, one reading: nothing in front", ["stretched"]),
        (
            (BACK, "1 / np.sqrt(1 - beta) * (", "1 / (1 - beta) * ("),
            "as printed, one reading: no root in front",
            ["too far"],
        ),
        ((BACK, "1 / np.sqrt(1 - beta) * (", "np.sqrt(1 - beta) * ("), "shrunk", ["shrunk"]),
        ((BACK, "1 / np.sqrt(1 - beta) * (", "1 / np.sqrt(now) * ("), "all steps at once", ["all steps"]),
        ((BACK, "beta / np.sqrt(1 - now)", "beta / (1 - now)"), "as printed, one reading: no root below", ["root"]),
        (
            (BACK, "beta / np.sqrt(1 - now) * predicted", "predicted"),
            "as printed, one reading: no fraction",
            ["not multiplied"],
        ),
        ((BACK, "beta / np.sqrt(1 - now)", "np.sqrt(1 - now)"), "all the noise", ["All of the noise"]),
        ((BACK, "beta / np.sqrt(1 - now)", "(1 - beta) / np.sqrt(1 - now)"), "alpha for beta", ["in place of"]),
        ((BACK, "x_t - beta", "x_t + beta"), "plus", ["taken away"]),
        ((BACK, "betas[t - 1]", "betas[t - 2]"), "index wraps", ["betas[0]"]),
        ((BACK, " if t > 1 else 1.0", ""), "the index of the step before wraps", ["index"]),
        ((BACK, "np.cumprod(alphas)", "alphas"), "no product", ["product"]),
        ((BACK, "np.sqrt(1 - now) *", "np.sqrt(1 - before) *"), "before for now", []),
        ((BACK, "variance = (1 - before)", "variance = (1 - before)**2"), "squared", []),
    ],
}
