# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Directo (ERP): reading customers and contacts over classic XMLCore and XML Direct."""
