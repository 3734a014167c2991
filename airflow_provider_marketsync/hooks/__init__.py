# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Airflow hooks: connection to settings to client, nothing more."""
