# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Airflow triggers: what waits in the triggerer. Their paths and arguments stand in Airflow's database."""
