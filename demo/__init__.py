# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The demo: ``make demo`` tells the whole story on the terminal, ``make ui`` opens Airflow's web page on it."""
