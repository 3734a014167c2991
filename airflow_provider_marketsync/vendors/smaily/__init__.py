# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Smaily (e-mail marketing): contacts, segments and the action log."""
