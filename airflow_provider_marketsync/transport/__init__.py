# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One way to talk HTTP for all vendors: timeouts, retries, rate limits, redaction."""
